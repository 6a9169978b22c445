import type { ListedTask } from './tasks-file.ts'

/** Does a task only look at something, or act outside the files? No change of the project does it. */
export function isErrand(
  { text, files }: Pick<ListedTask, 'text' | 'files'>,
  { mayInstall }: { readonly mayInstall: boolean },
): boolean {
  const said = (text.split('\n')[0] ?? '').replace(/^[^A-Za-z]+/, '').replace(/^(?:finally|then),? /i, '')
  if (AND_CHANGES.test(said)) return false
  if (ACTS.test(said)) return true
  if (files.length > 0) return false
  return LOOKS.test(said) || PASSES.test(said) || (INSTALLS.test(said) && !mayInstall)
}

/** "Review it and update the README": something comes of it that can be delivered. */
const AND_CHANGES =
  /(?:\band|\bthen|,|;|&)\s+(?:then\s+)?(?:fix|mend|update|refactor|clean|correct|adjust|improve|optimi[sz]e|rewrite|remove|document)\b/i

/** Even where they name a file, it is only what they begin with. */
const ACTS = /^(?:re-?)?(?:run|execute|deploy|publish)\b(?! (?:script|command|button|endpoint))/i

const LOOKS = new RegExp(
  `^(?:${[
    String.raw`(?:re-?|double-|cross-)?(?:validate|verify|check|review|confirm|inspect|audit)\b`,
    String.raw`(?:measure|benchmark|profile|monitor|observe|demo|demonstrate|commit|push|merge|release(?! notes))\b`,
    String.raw`(?:get|obtain|ask|request) (?:\w+ ){0,3}(?:approval|feedback|sign-?off)\b`,
    String.raw`manual(?:ly)?\b`,
    String.raw`test\b.{0,80}\b(?:manually|by hand|in (?:a|the) browser|on (?:a |an )?(?:\w+ )?devices?)\b`,
    String.raw`smoke[- ]test`,
    String.raw`(?:perform|conduct|do|carry out|complete) .{0,60}\b(?:review|audit|test|tests|testing|validation|verification|check|walk-?through)\b`,
    String.raw`(?:(?:final|full|code|peer|security|accessibility|performance|quickstart(?:\.md)?|end-to-end|user|acceptance) ){1,3}(?:review|audit|testing|validation|verification|check|walk-?through|sign-?off)\b`,
  ].join('|')})`,
  'i',
)

const PASSES = /^(?:ensure|make sure)\b.{0,80}\b(?:pass|passes|succeeds?|is green|are green)\b/i
const INSTALLS = /^install\b/i
