/** What a request asks about: names that can only be meant as names in code, and the stems of all its words. */
export type RequestWords = { readonly names: ReadonlySet<string>; readonly words: ReadonlySet<string> }

/** The names and words of a request; of a very long one, those of its beginning and end. */
export function wordsOfRequest(request: string): RequestWords {
  const text = request.length > MOST_READ ? request.slice(0, HALF) + request.slice(-HALF) : request
  const found = new Set((text.match(NAME) ?? []).slice(0, MOST_NAMES))
  const words = new Set([...found].flatMap(partsOf).filter((word) => !COMMON.has(word)))
  const quoted = Array.from(text.matchAll(QUOTED), ([, name = '']) => name)
  return { names: new Set([...[...found].filter(looksLikeCode), ...quoted]), words }
}

const MOST_READ = 20_000
const HALF = MOST_READ / 2
const MOST_NAMES = 2_000
const NAME = /[\p{L}_$][\p{L}\p{N}_$]{1,99}/gu

const QUOTED = /[`'"]([\p{L}_$][\p{L}\p{N}_$]{1,99})(?:\(\))?[`'"]/gu
/** `answer` may be any answer, `answerFor` only that one; a word in capitals inside a sentence is a name as well. */
const looksLikeCode = (name: string): boolean => /\p{Ll}\p{Lu}|_|\$|\p{N}|^\p{Lu}{2}/u.test(name)

/** The words a name is made of: camelCase, snake_case and paths taken apart; endings of plural and tense left off. */
export function partsOf(name: string): string[] {
  const parts = name
    .slice(0, LONGEST)
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/\p{L}{3,}/gu)
  return (parts ?? []).map(stemOf)
}

const LONGEST = 400

/** Enough that `discounts`, `discounted` and `discount` meet. */
const stemOf = (word: string): string =>
  word.length < 5 ? word : word.replace(/(?:ing|ed|es|s|e)$/, '').replace(/(.)\1$/, '$1')

/** They stand in every request, and say nothing about where. */
const COMMON = new Set(
  (
    'the and for with that this from into when which what where should must does not are was were has have had can could ' +
    'would will shall may make made add chang fix let put get set use new old all any each every also only than then but ' +
    'src lib index fil cod function method class typ valu nam line want need pleas instead so that they them its it ' +
    'how why who our your their there here some such very more most other same one two way work just'
  ).split(' '),
)
