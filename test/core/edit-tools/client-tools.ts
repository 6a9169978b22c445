import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { EditCall } from '../../../src/core/edit-tools/calls.ts'
import type { EditTool } from '../../../src/core/edit-tools/edit-tool.ts'
import type { OfferedTool } from '../../../src/core/offered-tool.ts'

const Tools = z.array(
  z.object({
    name: z.string(),
    description: z.string(),
    parameters: z.record(z.string(), z.unknown()),
  }),
)

export const CLIENTS = ['opencode', 'pi', 'cline', 'qwen', 'cn', 'codex'] as const
export type Client = (typeof CLIENTS)[number]

/** Tools as a client sent them, their descriptions cut down to the words that say how to call them. */
export const toolsOf = (client: Client): OfferedTool[] =>
  Tools.parse(
    JSON.parse(readFileSync(new URL(`../../fixtures/client-tools/${client}.json`, import.meta.url), 'utf8')),
  )

/** An offered tool with arguments of these types. */
export const offered = (
  name: string,
  properties: Record<string, unknown>,
  { description = 'changes a file', required = Object.keys(properties) } = {},
): OfferedTool => ({ name, description, parameters: { type: 'object', properties, required } })

export const PATCH_TOOL = offered(
  'apply_patch',
  { input: { type: 'string' } },
  { description: 'Takes a patch that begins with *** Begin Patch' },
)

/** A folder's files, as a client's tools leave them. Fails where a real tool would refuse the call. */
export function apply(
  files: Readonly<Record<string, string>>,
  calls: readonly EditCall[],
  tools: readonly EditTool[],
  folder: string,
): Record<string, string> {
  const now: Record<string, string> = { ...files }
  for (const call of calls.filter(({ isReading }) => !isReading)) {
    const given = Given.parse(JSON.parse(call.arguments))
    const tool = tools.find(
      (tool) => tool.name === call.name && Object.values(keysOf(tool)).every((key) => key in given),
    )
    assert.ok(tool, `no tool takes ${call.arguments}`)
    if (tool.kind === 'patch') {
      applyPatch(now, String(given[tool.patch]))
      continue
    }
    const path = relativePath(String(given[tool.path]), tool, folder)
    if (tool.kind === 'write') now[path] = String(given[tool.content])
    else now[path] = replaced(now[path], replacementsIn(tool, given), tool.kind === 'replace-all')
  }
  return now
}

const Given = z.record(z.string(), z.unknown())
const Edits = z.array(z.record(z.string(), z.string()))
type FileTool = Exclude<EditTool, { kind: 'patch' }>

function keysOf(tool: EditTool): Record<string, string> {
  const { name: _, kind: __, ...rest } = tool
  const keys = Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  if (tool.kind !== 'replace-all') return Object.fromEntries(keys)
  return { path: tool.path, edits: tool.edits }
}

function relativePath(path: string, { absolute }: FileTool, folder: string): string {
  assert.equal(path.startsWith('/'), absolute)
  if (!absolute) return path
  assert.ok(path.startsWith(`${folder}/`))
  return path.slice(folder.length + 1)
}

function replacementsIn(
  tool: Exclude<FileTool, { kind: 'write' }>,
  given: Record<string, unknown>,
): { before: string; after: string }[] {
  const edits = tool.kind === 'replace' ? [given] : Edits.parse(given[tool.edits])
  return edits.map((edit) => ({ before: String(edit[tool.before]), after: String(edit[tool.after]) }))
}

/** One after the other, or all against the file as it was, which must not overlap. */
function replaced(
  text: string | undefined,
  edits: readonly { before: string; after: string }[],
  atOnce: boolean,
): string {
  assert.ok(text !== undefined)
  const places = edits.map(({ before, after }) => {
    const at = text.indexOf(before)
    assert.ok(before !== '' && after !== before)
    assert.ok(at >= 0, 'the old text is not in the file')
    assert.equal(text.indexOf(before, at + 1), -1, 'the old text is there more than once')
    return { at, end: at + before.length, after }
  })
  assert.ok(atOnce || places.length === 1)
  let [made, done] = ['', 0]
  for (const { at, end, after } of places.toSorted((one, other) => one.at - other.at)) {
    assert.ok(at >= done, 'two edits overlap')
    made += text.slice(done, at) + after
    done = end
  }
  return made + text.slice(done)
}

/** As Codex reads its patches: lines from where the last hunk ended on, and a line feed at every file's end. */
function applyPatch(files: Record<string, string>, patch: string): void {
  const lines = patch.split('\n').map((line) => line.replace(/\r$/, ''))
  assert.equal(lines.shift(), '*** Begin Patch')
  assert.equal(lines.pop(), '*** End Patch')
  const sections: string[][] = []
  for (const line of lines) {
    if (/^\*\*\* (?:Add|Update|Delete) File: /.test(line)) sections.push([])
    sections.at(-1)!.push(line)
  }
  for (const [head = '', ...body] of sections) {
    const [, verb, path = ''] = /^\*\*\* (\w+) File: (.+)$/.exec(head) ?? []
    if (verb === 'Delete') delete files[path]
    else if (verb === 'Add') {
      assert.ok(body.every((line) => line.startsWith('+')))
      files[path] = body.map((line) => `${line.slice(1)}\n`).join('')
    } else files[path] = updated(files[path] ?? '', body)
  }
}

function updated(text: string, body: readonly string[]): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const made: string[] = []
  let from = 0
  for (const hunk of body.join('\n').split(/^@@\n/m).slice(1)) {
    const marked = hunk.replace(/\n$/, '').split('\n')
    const pick = (marks: string): string[] =>
      marked.filter((line) => marks.includes(line[0] ?? ' ')).map((line) => line.slice(1))
    const old = pick(' -')
    const at = lines.findIndex(
      (_, at) => at >= from && old.every((line, index) => lines[at + index] === line),
    )
    assert.ok(at >= 0, 'the hunk is not in the file')
    made.push(...lines.slice(from, at), ...pick(' +'))
    from = at + old.length
  }
  return [...made, ...lines.slice(from), ''].join('\n')
}
