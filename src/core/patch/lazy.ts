/** Comments by which a model leaves code out: "// ... existing code ...", "# rest of the file unchanged". */
const OMISSION =
  /^\s*(?:\/\/|#|--|;|\/\*|\{\/\*|<!--)\s*(?:(?:\.{3}|…)|.*(?:\.{3}|…)\s*(?:\*\/\}?|-->)?$|(?:the\s+)?(?:rest|remainder|remaining)\b.*\b(?:of|code|file|function|class|unchanged|same|here)\b|.*\b(?:existing|previous|other|same)\s+(?:code|methods?|functions?|implementation|content|imports?|logic)\b.*\b(?:here|unchanged|remains?|stays?|as before|goes|omitted)\b|(?:unchanged|no changes?|same as before|omitted)\b)/i
const BARE = /^\s*(?:\.{3}|…)\s*$/

/** The first line that stands for code that was left out; null when all of it is there. */
export function omissionIn(
  added: readonly string[],
  path: string,
  known: ReadonlySet<string>,
): string | null {
  // in Python a bare ellipsis is a statement
  const isPython = /\.pyi?$/.test(path)
  const isProse = /\.(?:md|mdx|txt|rst)$/.test(path)
  if (isProse) return null
  return (
    added.find(
      (line) => (OMISSION.test(line) || (!isPython && BARE.test(line))) && !known.has(line.trim()),
    ) ?? null
  )
}
