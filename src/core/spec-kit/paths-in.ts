import { checkShape } from '../paths.ts'

/** Paths of files that a task's line names. Folders are none, and neither are the feature's own documents. */
export const pathsIn = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).flatMap((word) => pathFrom(word) ?? [])),
]

const QUOTES = '`"\'()<>*'
const FILE = /^[\w@.()[\]/-]+\.[A-Za-z]\w{0,9}$/
/** Without a folder a word is a file only by such an ending. */
const ENDING =
  /\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|rb|php|cs|swift|vue|svelte|css|scss|html|sql|sh|md|json|ya?ml|toml)$/
/** These are files without any. */
const NAMED =
  /^(?:[\w@.-]+\/)*(?:\.(?:env(?:\.[a-z]{1,12})?|[a-z-]{0,20}(?:ignore|rc|attributes|config))|Dockerfile|Makefile|Gemfile|Procfile)$/
const FRAMEWORK = /^(?:node|next|vue|nuxt|express|react|three|d3|chart|socket|nest|ember|alpine)\.[jt]s$/i
/** "as plan.md says": what is written there is read, not written. */
const DOCUMENT = /^(?:spec|plan|research|data-model|quickstart|tasks|constitution)\.md$/

function pathFrom(word: string): string | null {
  const path = bare(word)
    .replace(/^(?:\.\/)+/, '')
    .replace(/:\d+(?::\d+)?$/, '')
  if (NAMED.test(path) && checkShape(path).ok) return path
  if (!FILE.test(path) || !checkShape(path).ok) return null
  if (DOCUMENT.test(path) || /(?:^|\/)specs\/[^/]+\//.test(path) || path.startsWith('.specify/')) return null
  if (!path.includes('/') && (!ENDING.test(path) || FRAMEWORK.test(path))) return null
  return path
}

/** Without what stands around it; a bracket that is opened inside belongs to the name (`app/(shop)/page.tsx`). */
function bare(word: string): string {
  let from = 0
  let to = word.length
  while (from < to && QUOTES.includes(word[from]!) && !isOpenedInside(word, from, to)) from += 1
  while (to > from && (QUOTES + '.:!?').includes(word[to - 1]!)) to -= 1
  return word.slice(from, to)
}

const isOpenedInside = (word: string, from: number, to: number): boolean =>
  word[from] === '(' && word.indexOf(')', from) > 0 && word.indexOf(')', from) < to - 1 && word.includes(')/')
