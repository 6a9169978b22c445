/** A line that stands for code the model did not write: `// ... existing code ...`. */
export function isElision(line: string): boolean {
  const text = line.trim()
  if (text.length === 0 || text.length > LONGEST) return false
  const comment = COMMENT.exec(text)?.[1]
  if (comment === undefined) return isDots(text) || DOTTED.test(text)
  const words = comment.replace(COMMENT_END, '').trim()
  return isDots(words) || DOTTED.test(words) || TRAILING_DOTS.test(words) || STATED.test(words)
}

/** The first of these added lines that only stands for code; null when all is written out. */
export function findLazy(path: string, added: readonly string[], known: ReadonlySet<string>): string | null {
  const lazy = added.find((line) => isElision(line) && !known.has(line.trim()) && !isMeant(path, line))
  return lazy === undefined ? null : lazy.trim()
}

/** An ellipsis is a statement in Python, and what documents show of code. */
const isMeant = (path: string, line: string): boolean =>
  /\.(?:pyi?|mdx?|txt|rst|adoc)$/i.test(path) && isDots(line.trim())

const LONGEST = 200
const isDots = (text: string): boolean => /^(?:\.{3,}|…)$/.test(text)

const COMMENT = /^(?:\/\/+|#+(?!!)|\/\*+|<!--+|\{\/\*+|--(?=\s)|;+|%|\*(?=\s))(.*)$/
const COMMENT_END = /(?:\*+\/\s*\}?|--+>)\s*;?$/

const DOTTED =
  /^[[({]?\s*(?:\.{3,}|…)\s*[[({]?\s*(?:the |all |your |any )?(?:rest|existing|remaining|remainder|other|previous|unchanged|same|more|code|omitted|keep|as before|no changes|your)\b/i

const TRAILING_DOTS =
  /\b(?:rest of|existing|remaining|unchanged|previous|same as|other (?:methods?|functions?|imports?|code|props|fields)|code here|and so on)\b.{0,60}(?:\.{3,}|…)[\])}]?$/i

const THING =
  '(?:code|file|functions?|class(?:es)?|methods?|component|implementation|module|contents?|styles?|imports?|tests?|logic|body)'
const STATED = new RegExp(
  String.raw`^[[(]?(?:${[
    `(?:the )?rest of (?:the |your |this )?(?:existing |original )?${THING}(?: (?:is |remains? |stays? )?(?:here|unchanged|the same|as (?:is|before)|omitted))?`,
    `(?:the )?(?:existing|remaining|previous|original|other) ${THING}(?: (?:goes |is |remains? |stays? )?(?:here|unchanged|the same|as (?:is|before)|omitted|continues))?`,
    '(?:code |implementation |everything else )?(?:is |remains? |stays? )?(?:unchanged|omitted(?: for brevity)?|the same|same as (?:before|above)|as before)',
    '(?:add |put |insert )?your (?:code|implementation|logic) here',
    'todo:? implement(?: (?:this|me|here|it))?',
  ].join('|')})[\])]?[.!]?$`,
  'i',
)
