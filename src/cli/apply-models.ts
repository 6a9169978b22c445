import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { draftSettings, writeDraft, type Draft } from '../config-draft.ts'
import type { Config } from '../config.ts'
import { addedLines } from '../core/added-lines.ts'
import { SwarmError } from '../core/errors.ts'
import { settingsFor, type Shown } from '../core/fit/apply.ts'
import { baseUrl, type RoleAssignment } from '../models/finding/detect.ts'

/** Writes the models that were shown into the configuration file, once the user has agreed. Returns the exit code. */
export async function applyModels(
  shown: readonly Shown[],
  { found, isOwn = false }: RoleAssignment,
  config: Config,
  { yes }: { yes: boolean },
  signal: AbortSignal,
): Promise<number> {
  if (found === null) {
    console.error('nothing is written: there is no upstream to write down')
    return 1
  }
  if (isOwn) {
    console.error('nothing is written: the installed model is used wherever no server is found')
    return 0
  }
  // what file or environment name for all tiers need not be written into each
  const named = config.upstream.url ?? config.litellmUrl
  const general = named === null ? null : baseUrl(named)
  const settings = settingsFor(shown, config.tiers, general)
  const path = config.file ?? resolve(config.cwd, 'quorum.config.json')
  if (settings.length === 0) {
    console.error(`nothing is written: ${path} names all of it already`)
    return 0
  }
  const draft = await draftSettings(path, settings)
  console.error(`\n${diffOf(draft)}`)
  if (!yes && !(await agrees(path, signal))) return 1
  await writeDraft(draft)
  console.error(`written: ${path}`)
  return 0
}

const diffOf = ({ path, before, after }: Draft): string =>
  [
    `--- ${before === null ? '/dev/null' : path}`,
    `+++ ${path}`,
    ...addedLines(before ?? '', after).map(withoutKey),
  ].join('\n')

/** A diff is read over shoulders and in logs. */
const withoutKey = (line: string): string => line.replace(/("apiKey": *)"[^"]*"/, '$1"…"')

async function agrees(path: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new SwarmError(
      'bad-request',
      'nothing is written unasked: say --yes, as there is no terminal to ask at',
    )
  using terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`\nWrite this to ${path}? [y/N] `, { signal })
  return /^y(?:es)?$/i.test(answer.trim())
}
