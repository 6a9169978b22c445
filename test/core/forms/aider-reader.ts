import type { AiderForm } from '../../../src/core/forms/aider-form.ts'
import type { Fence } from '../../../src/core/forms/form.ts'

type Files = Readonly<Record<string, string>>

/** What aider makes of the files by an answer, by the letter of each format. Throws where aider would ask the model again. */
export function applyAsAider(form: AiderForm, answer: string, files: Files, fence: Fence): Files {
  return READERS[form](answer, files, fence)
}

const READERS: Readonly<Record<AiderForm, (answer: string, files: Files, fence: Fence) => Files>> = {
  'aider-whole': readListings,
  'aider-diff': readBlocks,
  'aider-udiff': readHunks,
}

/** Every line that begins with a fence opens or closes a listing; its file stands on the line above. */
function readListings(answer: string, files: Files, { opens, closes }: Fence): Files {
  const lines = answer.split('\n')
  const result = { ...files }
  let open: { path: string; text: string } | null = null
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(opens) || line.startsWith(closes)) {
      if (open) result[open.path] = open.text
      open = open ? null : { path: lines[index - 1]!, text: '' }
      if (open?.path === '')
        throw new Error(`a listing without a name: ${lines.slice(index, index + 3).join('\n')}`)
    } else if (open) open.text += `${line}\n`
  }
  if (open) throw new Error('a listing is not closed')
  return result
}

/** Marks count wherever they stand alone on a line; the file stands above the fence. */
function readBlocks(answer: string, files: Files, { opens, closes }: Fence): Files {
  const lines = answer.split('\n')
  const result = { ...files }
  for (let index = 0; index < lines.length; index += 1) {
    if (/^\s*```(?:bash|sh|shell)/.test(lines[index]!) && !/SEARCH/.test(lines[index + 1]!))
      throw new Error('a shell command')
    if (!/^\s*<{5,9} SEARCH\s*$/.test(lines[index]!)) continue
    const path = lines[index - 2]!
    if (!lines[index - 1]!.startsWith(opens) || path === '') throw new Error('a block without a name')
    const divider = lines.findIndex((line, at) => at > index && /^\s*={5,9}\s*$/.test(line))
    const end = lines.findIndex((line, at) => at > divider && /^\s*(?:>{5,9} REPLACE|={5,9})\s*$/.test(line))
    if (divider < 0 || end < 0 || lines[end + 1] !== closes) throw new Error('a broken block')
    const search = unlabelled(lines.slice(index + 1, divider), path)
    const replace = unlabelled(lines.slice(divider + 1, end), path)
    const whole = ended(result[path] ?? '')
    const at = `\n${whole}`.indexOf(`\n${search}`)
    if (search.trim() !== '' && at < 0) throw new Error(`not in ${path}:\n${search}`)
    result[path] =
      search.trim() === ''
        ? (result[path] ?? '') + replace
        : whole.slice(0, at) + replace + whole.slice(at + search.length)
    index = end
  }
  return result
}

/** Old lines are looked for as text, and replaced wherever they stand. */
function readHunks(answer: string, files: Files): Files {
  const result = { ...files }
  for (const [, path = '', body = ''] of answer.matchAll(/^```diff\n--- .*\n\+\+\+ (.*)\n([\s\S]*?)^```/gm)) {
    for (const hunk of body.split(/^@@.*@@\n/m).slice(1)) {
      const side = (other: string): string =>
        hunk
          .split(/(?<=\n)/)
          .filter((line) => !line.startsWith(other))
          .map((line) => line.slice(1))
          .join('')
      const [old, put] = [side('+'), side('-')]
      const text = result[path] ?? ''
      if (old.trim() === '') result[path] = text + put
      else {
        if (text.split(old).length !== 2) throw new Error(`not just once in ${path}:\n${old}`)
        result[path] = text.replace(old, () => put)
      }
    }
  }
  return result
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** A first line that ends with the file's name counts as a label, and of empty lines at the end one is lost. */
const unlabelled = (lines: readonly string[], path: string): string =>
  (lines[0]?.trim().endsWith(path.split('/').at(-1)!) ? lines.slice(1) : lines)
    .filter((line, index, { length }) => index < length - 1 || line !== '')
    .map((line) => `${line}\n`)
    .join('')
