/** A piece of documentation: a section of a text, or the comment above something in code. */
export type Passage = { readonly line: number; readonly title: string; readonly text: string }

/** What a file says to people who read it. Empty where it says nothing, or nobody knows how it would. */
export function passagesIn(path: string, text: string): Passage[] {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const lines = text.split('\n')
  if (PROSE.has(extension) || /(?:^|\/)(?:readme|contributing|changelog)$/i.test(path))
    return sectionsIn(lines)
  const reader = COMMENTS.get(extension)
  return reader ? reader(lines).slice(0, MOST_PASSAGES) : []
}

/** Passages of one file; more of them are a table of data. */
const MOST_PASSAGES = 500
/** Lines of one passage: a long chapter is several. */
const LONGEST = 40
const LONGEST_TITLE = 200

const PROSE: ReadonlySet<string> = new Set(['md', 'mdx', 'markdown', 'rst', 'adoc', 'txt'])

/** Sections under their headings; a heading inside a fence is none. */
function sectionsIn(lines: readonly string[]): Passage[] {
  const found: Passage[] = []
  let title = ''
  let from = 0
  let isFenced = false
  for (const [at, line] of lines.entries()) {
    if (/^ {0,3}(?:```|~~~)/.test(line)) isFenced = !isFenced
    const heading = isFenced ? undefined : HEADING.exec(line)?.[1]
    if (heading === undefined && at - from < LONGEST) continue
    end(at)
    if (heading !== undefined) title = heading
    from = at
  }
  end(lines.length)
  return found

  function end(at: number): void {
    const text = lines.slice(from, at).join('\n').trim()
    if (text !== '' && found.length < MOST_PASSAGES) {
      found.push({ line: from + 1, title: title.slice(0, LONGEST_TITLE), text })
    }
  }
}

const HEADING = /^#{1,6} +(\S.{0,300})$/

type Reader = (lines: readonly string[]) => Passage[]

/** `/** … *\/` above what it is about. */
const blocksIn: Reader = (lines) =>
  runsOf(lines, {
    begins: (line) => line.includes('/**') && /^\s*\/\*\*(?!\/)/.test(line),
    isLast: (line) => line.includes('*/'),
    bare: (line) => line.replace(/\*\/\s*$/, '').replace(/^\s*\/?\*{1,2} ?/, ''),
  })

/** Lines of comments that begin alike. */
const linesWith =
  (sign: RegExp): Reader =>
  (lines) =>
    runsOf(lines, {
      begins: (line) => sign.test(line),
      isLast: (_, next) => next === undefined || !sign.test(next),
      bare: (line) => line.replace(sign, ''),
    })

type Shape = {
  readonly begins: (line: string) => boolean
  readonly isLast: (line: string, next: string | undefined) => boolean
  readonly bare: (line: string) => string
}

function runsOf(lines: readonly string[], { begins, isLast, bare }: Shape): Passage[] {
  const found: Passage[] = []
  for (let at = 0; at < lines.length; at += 1) {
    if (!begins(lines[at]!)) continue
    const from = at
    while (at < lines.length - 1 && !isLast(lines[at]!, lines[at + 1])) at += 1
    const said = lines.slice(from, Math.min(at + 1, from + LONGEST)).map(bare)
    const text = said.join('\n').trim()
    if (text !== '') found.push({ line: from + 1, title: titleAfter(lines, at + 1), text })
  }
  return found
}

/** The first line below that says something. */
const titleAfter = (lines: readonly string[], from: number): string =>
  (lines.slice(from, from + 3).find((line) => line.trim() !== '') ?? '').trim().slice(0, LONGEST_TITLE)

const DOCSTRING = /^\s*[rRuU]{0,2}("""|''')/

/** Texts in three quotes below what they are about, or at the beginning of a file. */
const docstringsIn: Reader = (lines) => {
  const found: Passage[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const quotes = DOCSTRING.exec(lines[at]!)?.[1]
    if (quotes === undefined) continue
    const from = at
    const closesAtOnce = lines[at]!.indexOf(quotes, lines[at]!.indexOf(quotes) + 3) > 0
    if (!closesAtOnce)
      do at += 1
      while (at < lines.length && !lines[at]!.includes(quotes))
    const said = lines.slice(from, Math.min(at + 1, from + LONGEST))
    const text = said
      .map((line) => line.replaceAll(quotes, '').trim())
      .join('\n')
      .trim()
    if (text !== '')
      found.push({ line: from + 1, title: (lines[from - 1] ?? '').trim().slice(0, LONGEST_TITLE), text })
  }
  return found
}

const both =
  (one: Reader, other: Reader): Reader =>
  (lines) => [...one(lines), ...other(lines)]

const COMMENTS: ReadonlyMap<string, Reader> = new Map([
  ...of('ts mts cts tsx js mjs cjs jsx java kt kts scala php c h cc cpp hpp cs swift dart', blocksIn),
  ...of('rs', both(blocksIn, linesWith(/^\s*\/\/[/!] ?/))),
  ...of('go', linesWith(/^\/\/ ?/)),
  ...of('py pyi', docstringsIn),
  ...of('rb ex exs sh', linesWith(/^\s*# ?/)),
])

function of(extensions: string, reader: Reader): [string, Reader][] {
  return extensions.split(' ').map((extension) => [extension, reader])
}
