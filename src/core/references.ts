/** A place that an answer names, as `src/route.ts:12`. */
export type Reference = { readonly path: string; readonly line: number }

/** What of an answer is looked at, and how many places of it. */
const MOST_TEXT = 200_000
const MOST_REFERENCES = 200
const LONGEST_PATH = 300

/** The places an answer names, each once. */
export function readReferences(text: string): Reference[] {
  const found = new Map<string, Reference>()
  for (const [, path = '', from = '', to] of text.slice(0, MOST_TEXT).matchAll(PLACE)) {
    if (found.size >= MOST_REFERENCES) break
    const line = Number(to ?? from)
    const plain = path.replace(/^\.\//, '')
    if (plain.length > LONGEST_PATH || /(?:^|\/)node_modules\//.test(plain)) continue
    found.set(`${plain}:${line}`, { path: plain, line })
  }
  return [...found.values()]
}

/** The files a reference may mean: the one at this path, else those whose path ends so. */
export function filesMeant({ path }: Reference, paths: readonly string[]): string[] {
  if (paths.includes(path)) return [path]
  return paths.filter((one) => one.endsWith(`/${path}`))
}

/** Could it be a file at all? `example.com:443` is none where no file of the project ends so. */
export function looksLikeFile({ path }: Reference, paths: readonly string[]): boolean {
  const ending = path.slice(path.lastIndexOf('.'))
  return paths.some((one) => one.endsWith(ending))
}

/** The text with a word behind each place that there is one for; behind the ticks or the link that it stands in. */
export function markReferences(text: string, wordFor: (place: Reference) => string | null): string {
  const looked = text.slice(0, MOST_TEXT)
  let marked = ''
  let at = 0
  for (const match of looked.matchAll(PLACE)) {
    const [, path = '', from = '', to] = match
    const word = wordFor({ path: path.replace(/^\.\//, ''), line: Number(to ?? from) })
    if (word === null) continue
    const isLink = looked.slice(0, match.index).endsWith('](')
    const behind = match.index + match[0].length
    const end = behind + (isLink ? /^\)?/ : /^[`*_]{0,4}/).exec(looked.slice(behind, behind + 4))![0].length
    marked += `${text.slice(at, end)} (${word})`
    at = end
  }
  return marked + text.slice(at)
}

// no address, no port of a host without a file's ending, and nothing that begins in the middle of a word
const PLACE =
  /(?<![\w/.@:~-])((?:\.\/)?(?:[\w.@+-]{1,100}\/){0,20}[\w@+-][\w.@+-]{0,100}\.[A-Za-z]\w{0,9})[:#]L?(\d{1,7})(?:[-–]L?(\d{1,7}))?(?!\d)/g
