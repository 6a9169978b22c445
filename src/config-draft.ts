import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { applyEdits, modify } from 'jsonc-parser'
import { checked } from './config-check.ts'
import { FileConfig } from './config.ts'
import { SwarmError } from './core/errors.ts'
import type { Setting } from './core/fit/apply.ts'

/** A configuration file as it is and as it is to be; `before` is null where there is none yet. */
export type Draft = { readonly path: string; readonly before: string | null; readonly after: string }

/** The file with these settings put into it, everything else as it was. Throws where that would not be a configuration. */
export async function draftSettings(path: string, settings: readonly Setting[]): Promise<Draft> {
  const before = await readIfThere(path)
  const formattingOptions = formattingOf(before ?? '')
  const after = settings.reduce(
    (text, { path, value }) => applyEdits(text, modify(text, [...path], value, { formattingOptions })),
    before ?? '{}\n',
  )
  checked(FileConfig, JSON.parse(after), { source: path })
  return { path, before, after }
}

/** Whole or not at all: a crash in the middle leaves the file as it was. Throws when somebody has changed it meanwhile. */
export async function writeDraft({ path, before, after }: Draft): Promise<void> {
  if ((await readIfThere(path)) !== before)
    throw new SwarmError('bad-request', `${path} has been changed meanwhile; nothing was written, try again`)
  // a link stays one
  const target = before === null ? path : await realpath(path)
  const mode = before === null ? 0o600 : (await stat(target)).mode & 0o777
  const draft = `${target}.${process.pid}.new`
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await file.chmod(mode)
      await file.writeFile(after)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } finally {
    await rm(draft, { force: true })
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** As the file has it: its own indent and its own line ends. */
function formattingOf(text: string) {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
}
