/** Where a reply says which file its code is for. */

/** The path in a line such as `### src/a.ts`, `**File: src/a.ts**` or "Change `src/a.ts` like this:". */
export function pathInHeading(line: string): string | null {
  if (line.length > LONGEST) return null
  const bare = undress(line)
  if (looksLikePath(bare)) return bare
  const announces = /:\s*\**$/.test(line) || ANNOUNCES.test(line)
  if (!announces || USAGE.test(line)) return null
  const quoted = onlyPath([...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]!))
  if (quoted !== null) return quoted
  return onlyPath(
    line
      .split(/\s+/)
      .map(undress)
      .filter((word) => word.includes('/')),
  )
}

/** The path in what stands behind an opening fence: `ts src/a.ts`, `ts title="src/a.ts"`, `ts:src/a.ts`. */
export function pathInInfo(info: string): string | null {
  if (info === '' || info.length > LONGEST) return null
  const attribute = ATTRIBUTE.exec(info)
  if (attribute) return attribute[1] ?? attribute[2] ?? attribute[3] ?? null
  const words = info
    .replace(RANGE, '')
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^[{"'`[(]+|[}"'`)\]]+$/g, ''))
  if (words.length > 2) return null
  const word = words.at(-1)!
  const behindLanguage = /^[\w+#-]+:(?![\\/]{2})(\S+)$/.exec(word)?.[1]
  // C: is a drive, and such a path has to be seen to be refused
  if (behindLanguage !== undefined && !/^[A-Za-z]:[\\/]/.test(word) && looksLikePath(behindLanguage))
    return behindLanguage
  return looksLikePath(word) ? word : null
}

/** The path in a first line that is nothing but a comment with it. */
export function pathInComment(line: string): string | null {
  if (line.length > LONGEST) return null
  const path = COMMENT.exec(line)?.[1]
  return path !== undefined && looksLikePath(path) && !path.startsWith('!') ? path : null
}

/** Does this block show only a part of a file? */
export const isExcerpt = (info: string): boolean => RANGE.test(info)

const RANGE = /(?:\s*[([]?(?:lines?\s*)?\d+\s*-\s*\d+[)\]]?|#L\d+\S*|:\d+-\d+)$/i

/** A path or a file's name; hostile ones too, since what is not seen as a path cannot be refused as one. */
export function looksLikePath(text: string): boolean {
  if (text === '' || text.length > LONGEST || !/^[^\s`"'<>|*?,;=]+$/u.test(text)) return false
  if (text.includes('://') || /^[\d./\\-]+$/.test(text) || /\.{3}|[.:]$/.test(text)) return false
  if (/[\\/]/.test(text)) return /[^\\/.]/.test(text) && !/^(?:\/[*/]|\*)/.test(text)
  return (
    (/^[^.].*\.[A-Za-z]\w{0,9}$/.test(text) && !PRODUCT.test(text) && !/[()]/.test(text)) ||
    NAMES.has(text) ||
    /^\.\w[\w.-]+$/.test(text)
  )
}

const LONGEST = 300

/** Names of libraries that look like files. */
const PRODUCT =
  /^(?:node|next|nuxt|vue|react|express|three|d3|chart|socket|nest|ember|alpine|moment|day|asp)\.(?:js|io|net)$/i

const NAMES = new Set([
  'Dockerfile',
  'Makefile',
  'LICENSE',
  'Procfile',
  'Gemfile',
  'Rakefile',
  'Justfile',
  'README',
  'CODEOWNERS',
])

const ATTRIBUTE =
  /(?:^|[\s{,])(?:title|file|file_?name|file_?path|path|name)\s*[=:]\s*(?:"([^"]+)"|'([^']+)'|([^\s}"']+))/i

const COMMENT =
  /^\s*(?:\/\/+|#+|--|;+|%+|\/\*+|<!--|\{\/\*)\s*(?:(?:file(?:[ _]?(?:name|path))?|path)\s*[:=]\s*)?([^\s*]+)\s*(?:\*+\/\}?|-->)?\s*$/i

const ANNOUNCES =
  /^\W{0,6}(?:here|update|updated|create|created|modify|modified|edit|change|changes|in|for|add|replace|file|now|then|first|next|finally|the)\b.{0,100}$/i

const USAGE =
  /\b(?:usage|example|run|call(?:s|ed|ing)?|import(?:s|ed|ing)?|use it|used? (?:by|in|from)|before|currently|was)\b/i

/** A line without list marks, emphasis, quotes, labels and colons around what it says. */
function undress(line: string): string {
  return line
    .trim()
    .replace(/^(?:#{1,6}\s+|>\s*|[-*+]\s+|\d{1,3}[.)]\s+)+/, '')
    .replace(/^[*_`"'[(]+(?=\S)/, (marks) =>
      marks.includes('(') || marks.includes('[') ? marks.replaceAll(/[^([]/g, '') : '',
    )
    .replace(
      /^(?:(?:new|updated?|modified|changed|created?|full|complete)\s+)?(?:file(?:\s?(?:name|path))?|path)\s*[:=]?\**\s*[`"']?(?=\S*[./])/i,
      '',
    )
    .replace(
      /\s*[([](?:new|updated|modified|changed|existing|full|created|unchanged)[^)\]]{0,30}[)\]]\s*:?$/i,
      '',
    )
    .replace(/[*_`"':]+$/, '')
    .trim()
}

function onlyPath(words: readonly string[]): string | null {
  const paths = new Set(words.filter(looksLikePath))
  return paths.size === 1 ? [...paths][0]! : null
}
