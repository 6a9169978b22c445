import { extname } from 'node:path'
import { z } from 'zod'
import type { SourceFile } from '../../core/task.ts'
import { askCodeReader } from '../code-reader/code-reader.ts'
import type { Mistake } from './first-mistake.ts'
import { jsonMistake, mayHaveComments } from './json-syntax.ts'

/**
 * The files that do not parse. JavaScript, TypeScript and JSON are looked at; every other file passes, and so does one
 * that is too large or that the parser does not survive: a gate will say what is wrong with it.
 *
 * A file may be written in a dialect that is not known here, so one that did not parse on the base either is no
 * mistake of the change. That is for the caller to ask.
 */
export async function findMistakes(files: readonly SourceFile[], signal: AbortSignal): Promise<Mistake[]> {
  const readable = files.filter(({ content }) => content.length <= LONGEST)
  const ofJson = readable
    .filter(({ path }) => extname(path) === '.json' || extname(path) === '.jsonc')
    .flatMap(({ path, content }) => {
      const mistake = jsonMistake(content, { comments: mayHaveComments(path) })
      return mistake ? [{ path, ...mistake }] : []
    })
  const scripts = readable.filter(({ path, content }) => SCRIPT.test(path) && !FLOW.test(content))
  return [...ofJson, ...(await parseApart(scripts, signal))]
}

/** Characters; far beyond what anybody writes by hand. */
const LONGEST = 1_000_000
const SCRIPT = /\.[cm]?[jt]sx?$/
/** A dialect that the parser does not know, and that says so in the first comment. */
const FLOW = /^\s*(?:\/\*[^]{0,2000}?@flow|\/\/ *@flow)/

/** Parses in a process of its own: code nested deeply enough ends the process that parses it. */
async function parseApart(files: readonly SourceFile[], signal: AbortSignal): Promise<Mistake[]> {
  const found = await askCodeReader({ about: 'mistakes', files: [...files] }, signal)
  return z.array(Found).parse(found)
}

const Found = z.object({ path: z.string(), line: z.number(), message: z.string() })
