import type { Language } from '../source-text.ts'

type Strictness = { readonly exact: RegExp; readonly loose: RegExp }

/** Assertions that name what they expect, and those content with much. A value compared with itself is the latter. */
const STRICTNESS: Readonly<Partial<Record<Language, Strictness>>> = {
  javascript: {
    exact:
      /\bassert\.(?:strictEqual|equal|deepEqual|deepStrictEqual)\((?!\s*([^,\n]+?)\s*,\s*\1\s*[,)])|\.to(?:Be|Equal|StrictEqual|HaveLength|HaveBeenCalledWith|MatchObject)\(/g,
    loose:
      /(?<![\w.$])assert(?:\.ok|\.match|\.doesNotThrow)?\(|\bassert\.\w*[eE]qual\(\s*([^,\n]+?)\s*,\s*\1\s*[,)]|\.to(?:BeTruthy|BeFalsy|BeDefined|Match|Contain|BeInstanceOf|BeTypeOf)\(|\.not\.\w+\(/g,
  },
  python: {
    exact: /^[ \t]*assert\b[^\n]*==|\bself\.assert(?:Equal|ListEqual|DictEqual|Is)\(/gm,
    loose: /^[ \t]*assert\b(?![^\n]*==)|\bself\.assert(?:True|False|IsNotNone|IsInstance|In)\(/gm,
  },
  rust: { exact: /\bassert_eq!\s*\(/g, loose: /\bassert!\s*\(/g },
}

/** The first line that is content with more, where a test file has fewer exact assertions and more loose ones. */
export function looserAssertion(
  removed: readonly string[],
  added: readonly string[],
  language: Language,
): string | null {
  const strictness = STRICTNESS[language]
  if (!strictness || removed.length === 0) return null
  const { exact, loose } = strictness
  const isLooser = gain(exact, removed, added) < 0 && gain(loose, removed, added) > 0
  return isLooser ? (added.find((line) => count(loose, line) > 0) ?? null) : null
}

const gain = (pattern: RegExp, removed: readonly string[], added: readonly string[]): number =>
  count(pattern, added.join('\n')) - count(pattern, removed.join('\n'))

const count = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0
