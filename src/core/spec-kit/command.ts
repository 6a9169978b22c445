import { withoutWrapping } from '../triage/wrapping.ts'

/** The commands of spec-kit that write files. */
export type CommandName = 'specify' | 'plan' | 'tasks' | 'implement'

export type Command = {
  readonly name: CommandName
  /** What the user typed behind it. */
  readonly words: string
  /** How their client spells commands, for telling them what to type next: `/speckit.`. */
  readonly prefix: string
}

const NAMES: readonly CommandName[] = ['specify', 'plan', 'tasks', 'implement']

/**
 * Which command of spec-kit a message is, raw or as the client has expanded it; null where it is none, however much it
 * speaks of them. Those that only talk (clarify, analyze, checklist, constitution, converge, taskstoissues) are none
 * either: they are answered like any other message.
 */
export function readCommand(sent: string): Command | null {
  const message = sent.replaceAll('\r\n', '\n')
  return readInstructions(message) ?? readRaw(withoutWrapping(message).trim()) ?? readExpanded(message)
}

const RAW = /^([/$]speckit[.-])([a-z]+)(?=\s|$)/
/** Another command further down: somebody lists them. */
const ANOTHER = /^[/$]speckit[.-][a-z]/m
/** What only a sentence about the command goes on with. */
const TALKS =
  /^(?:is|isn['’]t|was|does|doesn['’]t|did|didn['’]t|has|fails|failed|gives|says|vs\.?|versus|or|and|should|seems)\b|^[?,]/i

/** As it was typed; the command stands first, else it is only spoken of. */
function readRaw(text: string): Command | null {
  const [head = '', prefix = '', word = ''] = RAW.exec(text) ?? []
  const name = nameOf(word)
  if (name === null) return null
  const words = text.slice(head.length).trim()
  return TALKS.test(words) || ANOTHER.test(words) ? null : { name, words, prefix }
}

const OPENING = /^\s*<explicit_instructions type="(?:[^"]{0,200}[\\/])?(speckit[.-])([a-z]+)[^"]{0,20}">/
const CLOSING = '</explicit_instructions>'

/** As Cline sends it: the command's file in a tag, and the user's message behind it without the command. */
function readInstructions(message: string): Command | null {
  const [head = '', prefix = '', word = ''] = OPENING.exec(message) ?? []
  const name = nameOf(word)
  const end = message.indexOf(CLOSING)
  if (name === null || end < 0) return null
  const behind = withoutWrapping(message.slice(end + CLOSING.length)).trim()
  const words = behind || (inputIn(message.slice(head.length, end)) ?? '')
  return { name, words, prefix: `/${prefix}` }
}

/** As Continue sends it: all of the command's file, and behind a blank line what was typed. */
function readExpanded(message: string): Command | null {
  const body = withoutFrontMatter(message)
  if (!BEGINS.test(body)) return null
  const found = NAMES.filter((name) => MARKS[name].some((mark) => message.includes(mark)))
  const [name] = found
  if (name === undefined || found.length > 1) return null
  return { name, words: inputIn(body) ?? behindBody(body), prefix: '/speckit.' }
}

/** What every command's file begins with; a title may stand above it. */
const BEGINS = /^\s*(?:#[^\n]{0,40}speckit[^\n]{0,40}\n\s*)?## User Input\s*\n\s*```text\n/i

/** What stands in one command's file and in no other's, in the versions seen (github/spec-kit, `templates/commands`). */
const MARKS: Readonly<Record<CommandName, readonly string[]>> = {
  specify: [
    'specification from a natural language feature description',
    '**Specification Quality Validation**',
    'Given that feature description, do this',
  ],
  plan: ['# Phase 0: Outline & Research', 'Execute the implementation planning workflow'],
  tasks: ['## Task Generation Rules', 'Generate an actionable, dependency-ordered tasks.md'],
  implement: ['**Check checklists status**', 'processing and executing all tasks defined in tasks.md'],
}

const FENCE = '```'
/** Where the client leaves what it should have put the words into. */
const PLACEHOLDER = /^(?:\$ARGUMENTS|\{\{?\s*(?:args|ARGS)\s*\}?\})?$/

/** What stands in the block for the user's input; null where nobody has put it there. */
function inputIn(body: string): string | null {
  const start = body.indexOf(`${FENCE}text\n`)
  if (start < 0) return null
  const from = start + FENCE.length + 'text\n'.length
  const end = body.indexOf(`\n${FENCE}`, from)
  const input = end < 0 ? '' : body.slice(from, end).trim()
  return PLACEHOLDER.test(input) ? null : input
}

/**
 * How these files have ended: with a list of what is done, now; before that with a line of rules, with an example, or with
 * the hooks to look for.
 */
const LAST_LINES =
  /^(?:- \[ \] Completion reported to user with|- \*\*Final Phase\*\*: Polish & Cross-Cutting Concerns$|- ERROR on gate failures or unresolved clarifications$|- "Redis cache hit rate above 80%"|Note: This command assumes a complete task breakdown|[ \t]*- If no hooks are registered or )[^\n]*$/gm

/** The last headings that these files have had, where they end in other ways; what is typed comes after the text below one. */
const LAST_HEADINGS =
  /^#{2,3} (?:Done When|Completion Report|Key rules|Phase Structure|Success Criteria Guidelines|For AI Generation|Task Generation Rules|Task Organization|General Guidelines|Quick Guidelines|Outline)[^\n]*$/gm

/** Everything below the file's own last line, or else its last paragraphs: lists, tables, and what leads up to them. */
function behindBody(body: string): string {
  const end = [...body.matchAll(LAST_LINES)].at(-1)
  const behind = end ? body.slice(end.index + end[0].length).trim() : ''
  if (end && !OF_FILE.test(behind)) return behind
  const last = [...body.matchAll(LAST_HEADINGS)].at(-1)
  if (!last) return ''
  const paragraphs = body.slice(last.index + last[0].length).split(/\n[ \t]*\n/)
  const first = paragraphs.findIndex((paragraph) => paragraph.trim() !== '' && !isOfFile(paragraph))
  return first < 0 ? '' : paragraphs.slice(first).join('\n\n').trim()
}

/** More of the file: it has been added to, or it is another version. Its sections stand below titles of the second rank. */
const OF_FILE = /^(?:#{2,6} |---\s|\d+\. \*\*Check for extension hooks)/

const isOfFile = (paragraph: string): boolean =>
  /^(?:\s|[-*>|`]|#{1,6} |\d+\. |Note: |\*\*|Report )/.test(paragraph.replace(/^\n+/, '')) ||
  paragraph.trimEnd().endsWith(':') ||
  /^(?:Context for task generation|The tasks\.md should)/.test(paragraph.trimStart())

function withoutFrontMatter(message: string): string {
  const text = message.trimStart()
  if (!text.startsWith('---\n')) return text
  const end = text.indexOf('\n---\n', 3)
  return end < 0 ? text : text.slice(end + '\n---\n'.length)
}

const nameOf = (word: string): CommandName | null => NAMES.find((name) => name === word) ?? null
