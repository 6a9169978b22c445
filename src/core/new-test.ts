import { countAssertions } from './assertions.ts'
import { applyEdits } from './patch/apply.ts'
import { checkPath } from './paths.ts'
import { isExistingTest } from './protected.ts'
import { readReply } from './reply.ts'
import { languageOf, markSource, type Language } from './source-text.ts'
import type { SpecTest } from './task.ts'

type Reading = { ok: true; test: SpecTest } | { ok: false; reason: string }

/** Finds the one new file in a model's reply; whatever else the reply wants done is a reason to do nothing. */
export function readNewTest(reply: string, existing: ReadonlySet<string>): Reading {
  const reading = readReply(reply)
  if (!reading.ok) return reading
  // no existing file is shown: an edit of one cannot be applied, and is refused
  const applied = applyEdits(reading.edits, { paths: existing, read: () => undefined })
  if (!applied.ok) return applied
  const [change, ...others] = applied.changes
  if (!change || change.content === null || others.length > 0)
    return { ok: false, reason: 'the reply is not one new file' }
  return { ok: true, test: { path: change.path, content: change.content } }
}

type Ground = {
  /** Paths of the tree the test is put into. */
  readonly existing: ReadonlySet<string>
  readonly judges: ReadonlySet<string>
}

/** Why a file that a model wrote as a test is not run; null when it may be. */
export function whyUnfit({ path, content }: SpecTest, { existing, judges }: Ground): string | null {
  if (existing.has(path)) return `${path} is there already`
  const language = languageOf(path)
  if (!language || !isExistingTest(path)) return `${path} is not named as a test`
  if (content.length > LARGEST) return `${path} is too long`
  const allowed = checkPath(path, { filesOwned: [], callerOwned: [], allowTests: false, existing, judges })
  if (!allowed.ok) return allowed.reason
  const { tests, assertions, skipped } = countAssertions(path, content)
  if (tests === 0 || assertions === 0) return `${path} holds no test that asserts anything`
  if (skipped > 0) return `${path} skips a test`
  return reachesOut(content, language) ? `${path} reaches for the network` : null
}

/** Characters of a test; what is longer tests more than one request. */
const LARGEST = 20_000

/** Calls that leave the machine, or would if they could: such a test tells of the network, not of the change. */
const CALLS: Readonly<Record<Language, RegExp>> = {
  javascript:
    /(?<![\w.$])(?:fetch|axios(?:\.\w+)?|got(?:\.\w+)?)\s*\(|\bnew\s+(?:WebSocket|XMLHttpRequest|EventSource)\b|\b(?:https?|http2|net|tls|dgram|dns)\.(?:request|get|connect|createConnection|createSocket|lookup|resolve\w*)\s*\(/g,
  python:
    /\b(?:requests|httpx|aiohttp)\.\w+\s*\(|\burllib\.request\b|\burlopen\s*\(|\bhttp\.client\b|\bsocket\.(?:socket|create_connection|getaddrinfo)\s*\(/g,
  go: /\bhttp\.(?:Get|Post|PostForm|Head|DefaultClient)\b|\bnet\.(?:Dial\w*|Lookup\w*)\s*\(/g,
  rust: /\breqwest::|\bureq::|\bTcpStream::connect\b|\bUdpSocket::bind\b/g,
}

function reachesOut(content: string, language: Language): boolean {
  const marks = markSource(content, language)
  return [...content.matchAll(CALLS[language])].some(({ index }) => marks[index] === 'c')
}
