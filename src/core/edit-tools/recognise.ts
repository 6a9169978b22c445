import type { OfferedTool } from '../offered-tool.ts'
import type { EditForm, EditKit, EditTool, ReadTool } from './edit-tool.ts'
import { fieldsOf, type Field } from './fields.ts'

/** The ways to change files that a client's tools give, each told by its schema. Most tools give none. */
export function editKit(offered: readonly OfferedTool[]): EditKit {
  const tools = offered.filter(isForFiles).flatMap(waysOf)
  return { tools, reads: offered.map(readTool).find((tool) => tool !== null) ?? null }
}

function waysOf(tool: OfferedTool): EditTool[] {
  const fields = fieldsOf(tool.parameters)
  const command = fields.find(({ word }) => word === 'command')
  const ways = command ? editorWays(command, fields) : plainWays(fields, tool)
  return ways.flatMap(({ form, used, fixed }) => {
    const filled = fill(fields, [...used, ...Object.keys(fixed)])
    if (filled === null) return []
    const absolute = isAbsolute(
      tool,
      fields.find(({ name }) => name === used[0]),
    )
    const wantsReading = READ_FIRST.test(tool.description.slice(0, LONGEST))
    const longest = longestOf(fields.filter(({ name }) => used.includes(name)))
    return [{ name: tool.name, fixed: { ...fixed, ...filled }, absolute, wantsReading, longest, ...form }]
  })
}

function readTool(tool: OfferedTool): ReadTool | null {
  if (!/^(?:read|view|open)(?:_?file)?$/i.test(tool.name)) return null
  const fields = fieldsOf(tool.parameters)
  const path = pick(fields, PATH)
  const fixed = path ? fill(fields, [path.name]) : null
  return path && fixed ? { name: tool.name, fixed, absolute: isAbsolute(tool, path), path: path.name } : null
}

/** Values for the arguments that a call must have beside these; null where nobody knows them. */
function fill(fields: readonly Field[], used: readonly string[]): Record<string, unknown> | null {
  const rest = fields.filter(({ name, required }) => required && !used.includes(name))
  const fillers = rest.map(fillerOf)
  if (fillers.includes(null)) return null
  return Object.fromEntries(rest.map(({ name }, index) => [name, fillers[index]]))
}

type Way = { form: EditForm; used: string[]; fixed: Record<string, unknown> }

function plainWays(fields: readonly Field[], tool: OfferedTool): Way[] {
  const path = pick(fields, PATH)
  const before = pick(fields, BEFORE)
  const after = pick(fields, AFTER)
  const edits = fields.find(({ type, word }) => type === 'array' && EDITS.has(word))
  if (path && edits) return editsWays(path, edits)
  if (path && before && after) {
    const fixed = {}
    const replace: EditForm = { kind: 'replace', path: path.name, before: before.name, after: after.name }
    const ways: Way[] = [{ form: replace, used: [path.name, before.name, after.name], fixed }]
    if (before.required || !CREATES.test(`${tool.description} ${before.description}`)) return ways
    const write: EditForm = { kind: 'write', path: path.name, content: after.name, overwrites: false }
    return [...ways, { form: write, used: [path.name, after.name], fixed }]
  }
  if (before || after) return []
  const content = pick(fields, CONTENT)
  if (path && content) return [writeWay(path, content, !NEW_ONLY.test(tool.description))]
  const patch = pick(fields, PATCH)
  if (path || !patch || !isEnvelope(tool, patch)) return []
  return [{ form: { kind: 'patch', patch: patch.name }, used: [patch.name], fixed: {} }]
}

function editsWays(path: Field, edits: Field): Way[] {
  const before = pick(edits.items, BEFORE)
  const after = pick(edits.items, AFTER)
  if (!before || !after) return []
  const others = edits.items.filter((item) => item.required && item !== before && item !== after)
  if (others.length > 0) return []
  const form: EditForm = {
    kind: 'replace-all',
    path: path.name,
    edits: edits.name,
    before: before.name,
    after: after.name,
  }
  return [{ form, used: [path.name, edits.name], fixed: {} }]
}

const writeWay = (path: Field, content: Field, overwrites: boolean): Way => ({
  form: { kind: 'write', path: path.name, content: content.name, overwrites },
  used: [path.name, content.name],
  fixed: {},
})

/** One tool with several commands, of which each has its own arguments. */
function editorWays(command: Field, fields: readonly Field[]): Way[] {
  const path = pick(fields, PATH)
  const before = pick(fields, BEFORE)
  const after = pick(fields, AFTER)
  const content = pick(fields, CONTENT)
  const replaces = command.choices.find((choice) => /^(?:str_?)?replace$/i.test(choice))
  const creates = command.choices.find((choice) => /^(?:create|write)$/i.test(choice))
  if (!path) return []
  const ways: Way[] = []
  if (replaces !== undefined && before && after) {
    ways.push({
      form: { kind: 'replace', path: path.name, before: before.name, after: after.name },
      used: [path.name, before.name, after.name],
      fixed: { [command.name]: replaces },
    })
  }
  if (creates !== undefined && content) {
    // some of these refuse to create a file that is there
    ways.push({ ...writeWay(path, content, false), fixed: { [command.name]: creates } })
  }
  return ways
}

const pick = (fields: readonly Field[], words: ReadonlySet<string>): Field | undefined =>
  fields.find(({ word, type }) => type === 'string' && words.has(word))

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const PATH = words(
  'path filepath file filename targetfile targetpath absolutepath relativepath absolutefilepath pathtofile',
)
const BEFORE = words(
  'oldstring oldtext oldstr oldcontent oldcode old search searchtext searchstring find originaltext targetcontent',
)
const AFTER = words(
  'newstring newtext newstr newcontent newcode new replace replacetext replacement replacestring replacementcontent',
)
const CONTENT = words('content contents filetext filecontent filecontents text')
const PATCH = words('patch patchtext input diff')
const EDITS = words('edits changes replacements replacementchunks')

/** Cline refuses what is longer than its text says. */
const longestOf = (fields: readonly Field[]): number =>
  Math.min(
    ...fields.map(({ description }) =>
      Number(/\bat or below (\d{2,9}) characters/.exec(description)?.[1] ?? Infinity),
    ),
  )

/** A note in an app, or an agent's own memory, is written in the same way, and is no file of the project. */
const isForFiles = ({ name, description }: OfferedTool): boolean =>
  !/^mcp[_-]/i.test(name) &&
  !/memor(?:y|ies)/i.test(`${name} ${description}`.slice(0, LONGEST)) &&
  /file|patch/i.test(`${name} ${description}`.slice(0, LONGEST))

/** Claude Code and those that follow it. Nothing is lost where it is said and not meant. */
const READ_FIRST =
  /\b(?:must|always)[^.\n]{0,20} (?:use|read)[^.\n]{0,80}\b(?:before|first|at least once)|without (?:first )?reading/i

/** How much is read of what a tool says of itself. */
const LONGEST = 4_000

const isEnvelope = ({ name, description }: OfferedTool, patch: Field): boolean =>
  /\*\*\* Begin Patch/.test(`${description} ${patch.description}`) || /apply_?patch$/i.test(name)

const CREATES = /creat|new file|write/i
const NEW_ONLY =
  /\b(?:only (?:for|to create) new|must not (?:already )?exist|fails? if .{0,20}exists|cannot (?:be used to )?(?:edit|overwrite))/i

function isAbsolute({ description }: OfferedTool, path: Field | undefined): boolean {
  const said = path?.description && path.word !== 'input' ? path.description : description
  const text = ABSOLUTE.test(said) || RELATIVE.test(said) ? said : description.slice(0, LONGEST)
  return ABSOLUTE.test(text) && !EITHER.test(text)
}

const ABSOLUTE = /\babsolute\b/i
const RELATIVE = /\brelative\b/i
const EITHER = /\b(?:never|not|or) (?:an )?absolute\b|\babsolute (?:paths? )?or\b|absolute\/relative/i

/** What stands in an argument that a call must have and that changes nothing; null where nobody knows. */
function fillerOf({ word, type, choices }: Field): string | boolean | null {
  if (type === 'boolean') return SWITCHES.has(word) ? false : null
  if (type !== 'string') return null
  if (choices.length > 0) return choices.length === 1 ? choices[0]! : null
  return REASONS.has(word) ? 'Apply the change that was checked.' : null
}

const SWITCHES = words('replaceall requiresapproval append createbackup')
const REASONS = words('explanation description instruction instructions reason justification summary purpose')
