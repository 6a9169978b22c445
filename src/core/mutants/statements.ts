import type { Language } from '../source-text.ts'
import { isBalanced, type Line, type Source } from './source.ts'

/** The code before and after a line, blank lines and comments left out. */
const codeBefore = (lines: readonly Line[], at: number): string =>
  lines.slice(0, at).findLast(({ code }) => code !== '')?.code ?? ''
const codeAfter = (lines: readonly Line[], at: number): string =>
  lines.slice(at + 1).find(({ code }) => code !== '')?.code ?? ''

/** Code that goes on in the next line, and code that goes on from the line before. */
const OPEN = /[,([=+\-*/&|?<>.\\]$|[^)\]}\w"']:$/
const CONTINUED = /^(?:[.?&|+*/,=)\]]|:(?!:)|-[^-]|and\b|or\b|else\b)/

const ENDS: Readonly<Record<Language, RegExp>> = {
  javascript: OPEN,
  go: OPEN,
  rust: OPEN,
  // a colon opens a block
  python: /[,([{=+\-*/&|<>.\\]$/,
}

/** Does a statement of its own begin here, and not the middle of one? */
export const beginsStatement = ({ lines, language }: Source, at: number): boolean =>
  !ENDS[language].test(codeBefore(lines, at)) && !CONTINUED.test(lines[at]!.code)

/** Does the code from this column on end with its line? */
export function endsHere({ lines }: Source, at: number, code: string): boolean {
  return (
    code !== '' &&
    isBalanced(code) &&
    !/[([{=+\-*/&|?<>.\\:]$/.test(code) &&
    !CONTINUED.test(codeAfter(lines, at))
  )
}

const KEYWORDS = new RegExp(
  `^(?:${[
    'return const let var if for while do switch case default throw try catch finally else import export function async',
    'class type interface new break continue static public private protected readonly super yield debugger enum',
    'fn pub use mod impl struct trait match loop unsafe where',
    'func package defer go select chan map range fallthrough',
    'def with assert raise del global nonlocal lambda elif except pass print',
  ]
    .flatMap((line) => line.split(' '))
    .join('|')})\\b(?!\\.|\\[|\\s*=)`,
)
/** What is said to a log is nobody's to test. */
const LOG =
  /^(?:await\s+)?(?:(?:this|self)\.)?(?:(?:console|log|logger|logging|slog|tracing)\b|fmt\.Print|e?print(?:ln)?!|(?:debug|info|warn)!)/
const EFFECT =
  /^(?:await\s+)?[A-Za-z_$][\w$.?]*(?:\[[^\]]*\])?(?:\+\+|--|(?:::[\w<>]+)*!?\(.*\)\??|\s*(?:[-+*/%|&^]|\|\||&&|\?\?)?=(?![=>])\s*\S.*)$/

/** Is this line a whole statement that only has an effect: a call, an assignment? */
export function isEffect(source: Source, at: number): boolean {
  const line = source.lines[at]!
  const code = line.code.replace(/;$/, '')
  if (source.language === 'rust' && !line.code.endsWith(';')) return false
  if (line.indent === 0 || !isRunLate(source, at)) return false
  return (
    !KEYWORDS.test(code) &&
    !LOG.test(code) &&
    EFFECT.test(code) &&
    endsHere(source, at, code) &&
    beginsStatement(source, at)
  )
}

const STARTS: Readonly<Record<Language, RegExp>> = {
  javascript: /^(?:return|const|let|var|if|for|while|do|switch|throw|try|await)\b/,
  python: /^(?:return|if|for|while|raise|with|try|assert|await|yield)\b|^[\w.]+\s*=(?!=)/,
  go: /^(?:return|if|for|switch|select|defer|go|var|const)\b|^[\w., ]+:?=(?!=)/,
  rust: /^(?:let|return|if|for|while|match|loop)\b/,
}
const OPENS_FUNCTION: Readonly<Record<Language, RegExp>> = {
  javascript: /\bfunction\b.*\{$|=>\s*\{$/,
  python: /^(?:async\s+)?def\b.*:$/,
  go: /\bfunc\b.*\{$/,
  rust: /\bfn\b.*\{$/,
}

/** May something be made to happen right before this line, whenever it runs, and only then? */
export function isPoint(source: Source, at: number): boolean {
  const { lines, language } = source
  const line = lines[at]!
  // what stands at the margin runs when the file is loaded, whatever the tests do
  if (line.indent === 0 || line.code === '' || !beginsStatement(source, at)) return false
  if (!isRunLate(source, at)) return false
  if (beginsFunction(source, at)) return true
  return STARTS[language].test(line.code) || isEffect(source, at)
}

/** Is this the first line of a function's body? */
export const beginsFunction = ({ lines, language }: Source, at: number): boolean =>
  OPENS_FUNCTION[language].test(codeBefore(lines, at)) && !/^[}\])]/.test(lines[at]!.code)

/** In Python a class's own lines run when the file is loaded, too. */
function isRunLate({ lines, language }: Source, at: number): boolean {
  if (language !== 'python') return true
  let indent = lines[at]!.indent
  for (let above = at - 1; above >= 0 && indent > 0; above -= 1) {
    const line = lines[above]!
    if (line.code === '' || line.indent >= indent) continue
    if (/^(?:async\s+)?def\b/.test(line.code)) return true
    indent = line.indent
  }
  return false
}
