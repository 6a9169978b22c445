import { isShownWhole, showNumbered } from './show-numbered.ts'
import type { SourceFile } from './task.ts'

/**
 * The files that seem to tell most about what was asked, with their lines numbered, in at most so many characters. Rare
 * words of the question count most, and most of all where one is declared. Of a long file, the parts around those words;
 * `whole` are the files of which nothing was left out.
 */
export function chooseFor(
  files: readonly SourceFile[],
  question: string,
  most: number,
): { readonly text: string; readonly whole: readonly string[] } {
  const words = wordsOf(question)
  const shown: string[] = []
  const whole: string[] = []
  let left = most
  for (const file of rank(files, words, question)) {
    const room = Math.min(left, Math.ceil(most / LARGEST_PART))
    const text = showNumbered(file, words, room)
    if (text === null) continue
    shown.push(text)
    if (isShownWhole(file, room)) whole.push(file.path)
    left -= text.length
    if (left < SMALLEST || shown.length >= MOST_SHOWN) break
  }
  return { text: shown.join('\n\n'), whole }
}

/** No file takes more than this part of the room. */
const LARGEST_PART = 4
const MOST_SHOWN = 40
/** Less room than this tells nothing. */
const SMALLEST = 400

/** The files of a project as a list, the rest counted. */
export function listFor(paths: readonly string[], most: number): string {
  const listed: string[] = []
  let left = most
  for (const path of paths) {
    left -= path.length + 1
    if (left < 0) break
    listed.push(path)
  }
  const unlisted = paths.length - listed.length
  return [...listed, ...(unlisted > 0 ? [`… and ${unlisted} more`] : [])].join('\n')
}

type Read = { readonly file: SourceFile; readonly lowerPath: string; readonly lower: string }
type Weights = ReadonlyMap<string, number>

function rank(files: readonly SourceFile[], words: readonly string[], question: string): SourceFile[] {
  const read = files.map((file) => ({
    file,
    lowerPath: file.path.toLowerCase(),
    lower: file.content.toLowerCase(),
  }))
  const weights = weigh(words, read)
  const isOverview = OVERVIEW.test(question)
  return read
    .map((one, place) => {
      const guides = isOverview && GUIDE.test(one.file.path) ? 100 : 0
      // the order they came in decides between equals
      return { file: one.file, score: scoreOf(one, weights, question) + guides - place / files.length }
    })
    .sort((one, other) => other.score - one.score)
    .map(({ file }) => file)
}

/** A word that is everywhere says nothing about where to look. */
function weigh(words: readonly string[], files: readonly Read[]): Weights {
  return new Map(
    words.map((word) => {
      const low = word.toLowerCase()
      const holding = files.filter(({ lower, lowerPath }) => lower.includes(low) || lowerPath.includes(low))
      return [word, holding.length === 0 ? 0 : Math.log(1 + files.length / holding.length)]
    }),
  )
}

function scoreOf({ file, lowerPath, lower }: Read, weights: Weights, question: string): number {
  const { path, content } = file
  const name = path.slice(path.lastIndexOf('/') + 1)
  let score = question.includes(path) ? 1_000 : name.length > 3 && question.includes(name) ? 200 : 0
  for (const [word, weight] of weights) {
    const low = word.toLowerCase()
    if (lowerPath.includes(low)) score += 3 * weight
    if (!lower.includes(low)) continue
    score += weight
    if (declares(content, word)) score += 4 * weight
  }
  return score
}

const declares = (content: string, word: string): boolean =>
  new RegExp(
    `\\b(?:function\\*?|class|interface|type|enum|const|let|var|def|fn|func|struct|trait|impl|module)\\s+${word.replaceAll('$', '\\$')}(?![\\w$])`,
  ).test(content)

/** Words that may stand in code, the question's own left out; the longest twenty. */
function wordsOf(question: string): string[] {
  const words = question.match(/[\p{L}_$][\p{L}\d_$]{2,}/gu) ?? []
  const telling = [...new Set(words)].filter((word) => !ASKING.has(word.toLowerCase()))
  return telling.sort((one, other) => other.length - one.length).slice(0, MOST_WORDS)
}

const MOST_WORDS = 20

const OVERVIEW =
  /\b(?:architecture|overview|structured?|organi[sz]ed|tour|summar\w+|entry points?|what (?:is|does) (?:this|the|our|my)|set ?up|install|run|start|architektur|aufbau|überblick|estructura|arquitectura|arquitetura|estrutura)\b/i
const GUIDE =
  /^(?:readme(?:\.\w+)?|contributing\.md|architecture\.md|package\.json|pyproject\.toml|cargo\.toml|go\.mod|makefile|(?:src\/)?(?:main|index|app|server|cli)\.\w+|docs?\/(?:readme|architecture|index|overview)\.md)$/i

const ASKING = new Set(
  (
    'the and for with that this from into what which where when who whose why how does did are was were has have had ' +
    'can could would should may might will you your our ours they them their its there here please tell show explain ' +
    'describe find list give about code codebase repo repository project workspace file files folder defined declared ' +
    'implemented used uses use called calls call handled work works working happen happens many any all each every not ' +
    'only also just like than then some more most other make makes made get gets got set sets ' +
    'wie was wo wer warum ist sind der die das ein eine und diese dieser projekt datei'
  ).split(' '),
)
