/** The world's one source file, and in it the change that was planted. Its text says what it is, and nothing else does. */
export const SUBJECT = 'src/subject.ts'
/** A file that has nothing to do with it. */
export const NEIGHBOUR = 'src/neighbour.ts'
export const NEIGHBOUR_TEXT = 'export const neighbour = (value: number): number => value\n'
export const SUBJECT_TEST = 'test/subject.test.ts'

const KINDS = ['base', 'right', 'logic', 'mistyped'] as const

export type Planted = {
  readonly kind: (typeof KINDS)[number]
  /** Equal forms are equal code. */
  readonly form: number
  /** Another wording of the same code. */
  readonly wording: number
}

export const BASE: Planted = { kind: 'base', form: 0, wording: 0 }

const LOCALS = ['result', 'total', 'amount', 'found']
export const WORDINGS = LOCALS.length

/** The two lines that a change replaces. */
export function linesOf({ kind, form, wording }: Planted): string {
  const name = LOCALS[wording % WORDINGS]!
  return `  const ${name} = ${kind}_${form}(value)\n  return ${name} > limit && limit !== 0 ? limit : ${name}`
}

/** The source file with this change. */
export const sourceOf = (planted: Planted): string =>
  `/** Takes a value within its limit. */\nexport function subject(value: number, limit: number): number {\n${linesOf(planted)}\n}\n`

/** What was planted in a text; null where it is another text, such as a mutant. */
export function plantedIn(source: string): Planted | null {
  const first = allPlanted(source)[0]
  return first && sourceOf(first) === source ? first : null
}

/** Every planted change that a text names, as it stands in a file or a diff. */
export function allPlanted(text: string): Planted[] {
  return [...text.matchAll(/const (\w+) = (\w+)_(\d+)\(value\)/g)].flatMap(([, name, word, form]) => {
    const kind = KINDS.find((kind) => kind === word)
    return kind ? [{ kind, form: Number(form), wording: LOCALS.indexOf(name!) }] : []
  })
}

export const TEST_TEXT =
  "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { subject } from '../src/subject.ts'\n\ntest('keeps its limit', () => {\n  assert.equal(subject(3, 2), 2)\n  assert.equal(subject(1, 2), 1)\n})\n"

const TESTS = ['sound', 'misread', 'blind', 'broken', 'demanding'] as const

/** What a test that a model wrote is worth; `shows` is one that fails on this form of a wrong change. */
export type PlantedTest =
  | { readonly kind: (typeof TESTS)[number] }
  | { readonly kind: 'shows'; readonly form: number }

export const testText = (test: PlantedTest): string =>
  `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { subject } from '../src/subject.ts'\n\ntest('${nameOf(test)}', () => {\n  assert.equal(subject(8, 5), 5)\n})\n`

export const nameOf = (test: PlantedTest): string =>
  test.kind === 'shows' ? `shows what is wrong with ${test.form}` : `a ${test.kind} test`

export function testIn(content: string): PlantedTest {
  const shows = /shows what is wrong with (\d+)/.exec(content)?.[1]
  if (shows !== undefined) return { kind: 'shows', form: Number(shows) }
  const kind = TESTS.find((kind) => content.includes(`a ${kind} test`))
  if (kind === undefined) throw new Error(`no such test was planted:\n${content}`)
  return { kind }
}
