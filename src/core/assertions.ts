import { languageOf, markSource, type Language } from './source-text.ts'

/** What a test file holds, counted in its text. */
export type TestCounts = { tests: number; assertions: number; skipped: number }

/** Counts tests, assertions and tests that are switched off, without running anything; comments and strings do not count. */
export function countAssertions(path: string, text: string): TestCounts {
  const language = languageOf(path)
  if (!language) return { tests: 0, assertions: 0, skipped: 0 }
  const code = codeOf(text, language)
  const { tests, assertions, skipped } = PATTERNS[language]
  const count = (pattern: RegExp): number => code.match(pattern)?.length ?? 0
  return { tests: count(tests), assertions: count(assertions), skipped: count(skipped) }
}

/** Strings and comments become blank, so that their words are not taken for code. */
function codeOf(text: string, language: Language): string {
  const marks = markSource(text, language)
  return text.replace(/[^\n]/g, (character, index: number) => (marks[index] === 'c' ? character : ' '))
}

type Patterns = { readonly [Key in keyof TestCounts]: RegExp }

const PATTERNS: Readonly<Record<Language, Patterns>> = {
  javascript: {
    tests:
      /(?<![\w$.])(?:it|test|specify)(?:\.(?:only|concurrent|sequential|each|for|prop))*\s*[(`]|\bt\.test\s*\(/g,
    assertions:
      /(?<![\w$.])(?:assert(?:\.\w+)*|expect(?:\.(?:soft|poll|assertions|hasAssertions))?|expectTypeOf|assertType|t\.(?:assert\.\w+|is|deepEqual|throws|true|false|like|snapshot))\s*(?:<[^>\n]*>)?\(|\.should\b/g,
    skipped:
      /(?<![\w$.])(?:it|test|describe|suite)\.(?:skip|todo|fails|failing)\b|(?<![\w$.])x(?:it|test|describe)\s*\(|\b(?:t|this|ctx)\.(?:skip|todo)\s*\(|\b(?:skip|todo)\s*:\s*(?!false)/g,
  },
  python: {
    tests: /^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*\s*\(/gm,
    assertions:
      /^[ \t]*assert\b|\bself\.(?:assert\w+|fail)\s*\(|\bpytest\.(?:raises|warns|fail|approx)\s*\(/gm,
    skipped:
      /\bpytest\.(?:mark\.)?(?:skip\w*|xfail|importorskip)\b|@[ \t]*(?:unittest\.)?(?:skip\w*|expectedFailure)\b|\bself\.skipTest\s*\(/g,
  },
  rust: {
    tests: /#\[\s*(?:\w+::)*test\b[^\]]*\]/g,
    assertions:
      /\b(?:assert|assert_eq|assert_ne|assert_matches|panic|unreachable)!\s*[([{]|#\[\s*should_panic\b/g,
    skipped: /#\[\s*ignore\b/g,
  },
  go: {
    tests: /^func[ \t]+(?:Test|Example|Fuzz|Benchmark)\w*\s*\(|\bt\.Run\s*\(/gm,
    assertions:
      /\bt\.(?:Error|Fatal)f?\s*\(|\bt\.Fail(?:Now)?\s*\(|\b(?:assert|require|is|qt|cmp)\.\w+\s*\(/g,
    skipped: /\b[tb]\.Skip(?:f|Now)?\s*\(/g,
  },
}
