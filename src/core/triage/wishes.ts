import { INFORMATION } from './verbs.ts'
import { withoutLead } from './commands.ts'
import { namesPlace } from './words.ts'

/**
 * Does this sentence want a change without telling anybody to make it: a demand on the code, a wish, a report of what is
 * broken? Weaker than a command: a question beside it turns it into a part of the question.
 */
export function wishes(sentence: string): boolean {
  if (GETS.test(sentence)) return !INFORMATION.test(sentence)
  if (/\?\s*$/.test(sentence)) return false
  const bare = sentence.replace(GREETED, '')
  if (WANTS.test(bare)) return !INFORMATION.test(bare)
  if (STORY.test(bare) || WOULD_BE.test(bare) || BUG_REPORT.test(bare)) return true
  if (/^(?:i|you)\b/i.test(bare)) return false
  return DEMAND.test(bare) || (SYMPTOM.test(bare) && (SUBJECT.test(bare) || namesPlace(bare)))
}

/** Is this the title of an issue? Only asked of a message that says nothing else. */
export const isIssueTitle = (sentence: string): boolean =>
  !/\?\s*$/.test(sentence) && (LABEL.test(sentence) || TITLE.test(withoutLead(sentence)))

const GREETED =
  /^(?:(?:hi|hello|hey|ok|okay|thanks|also|and|but|so|btw|fyi|well|actually|basically)\b[,!.]?\s+)+/i

const GETS =
  /^(?:hi,? |hey,? )?(?:can|could|may) (?:we|i) (?:please )?(?:get|have) (?:an?|the|some|more|rid)\b/i

const WANTS =
  /^(?:i|we|our users|users|customers)(?:'d| would)? (?:also |really )?(?:need|want|require|wish|hope|(?<=d )(?:like|love|prefer|appreciate))(?: for| to have| to see| to get)? (?!to\b|help|know|you (?:could|would) (?:tell|explain))/i

const WOULD_BE =
  /\b(?:would|'d|might|could) be (?:really |very |so |even |super )?(?:nice|great|good|cool|helpful|useful|awesome|better|handy|lovely|neat|ideal|fantastic|wonderful|appreciated)\b/i

/** A user story, or an acceptance criterion. */
const STORY = /^as an? [\w\s-]{2,40}, (?:i|we) (?:want|need|would like|should|can)\b|^given\b.+\bwhen\b/i

const BUG_REPORT =
  /\b(?:there(?:'s| is| are| seems to be| must be)|found|discovered|noticed|hit|spotted|we have|we've got|have) (?:\w+ ){0,3}?(?:bugs?|issues?|problems?|regressions?|race conditions?|deadlocks?|memory leaks?|typos?|vulnerabilit(?:y|ies)|mistakes?|off-by-one|edge cases?)\b/i

const DEMAND =
  /\b(?:should|must|needs? to|has to|have to|ought to|shall|needs? (?:an?|some|more|better|proper|\w+ing))\b/i

const SYMPTOM = new RegExp(
  [
    "\\b(?:doesn'?t|does not|don'?t|do not|didn'?t|won'?t|can'?t|cannot|never|no longer|fails? to|refuses? to|stopped)\\s+(?:\\w+ly )?(?:work|compile|build|run|load|render|show|update|respond|start|stop|open|close|save|parse|handle|match|pass|return|appear|display|fire|trigger|support|accept|reject|validate|persist|reset|refresh|scroll|wrap|sort|sync|retry|log|throw|type-?check|install|be|get|escape|quote|trim|clear|end|work)(?:ing|s|ed)?\\b",
    "\\b(?:is|are|isn't|aren't|was|gets?|seems?|becomes?|stays?|looks?)(?: not)? (?:\\w+ly |totally |still |always |too |very )?(?:broken|wrong|incorrect|missing|off by one|too slow|very slow|really slow|painfully slow|stuck|flaky|misaligned|duplicated|truncated|cut off|garbled|lost|ignored|swallowed|outdated|unreadable|working|aligned|escaped|validated|handled|cleared|closed|called twice|invisible|empty when|not|null when|undefined when)\\b",
    '\\b(?:crash(?:es|ed|ing)?|fails?(?! to know)|failing|hangs|freezes|leaks|breaks|broke|throws?|panics|blows up|times out|segfaults?|loses|double[- ]counts|overflows|flickers|\\w+s (?:incorrectly|wrongly|badly)|returns? (?:the |a )?(?:wrong|incorrect|undefined|null|nothing|an empty|stale|an? error|(?:http )?(?:4|5)\\d\\d)|overlaps?|shows? (?:the |a )?(?:wrong|stale|old|outdated|empty))\\b',
    '\\b(?:nothing happens|do(?:es)? nothing|(?:in|at|with|to|for) the wrong)\\b',
  ].join('|'),
  'i',
)

/** Who or what is said to be broken, or when: "Python is broken" is only grumbling. */
const SUBJECT =
  /^["“]|^(?:the|this|that|these|those|our|my|when|if|after|some|all|both|every|there|clicking|pressing|opening|saving|running|calling|loading|passing|using|uploading|sending|deleting|adding|typing)\b|\b(?:when|whenever|if|on|with|after|for|since|because|under|unless)\b/i

const LABEL = /^\[?(?:bug|issue|regression|defect|feature(?: request)?|enhancement)(?:\]:?|:)\s*\S/i

const TITLE =
  /^(?:crash(?:es)?|hang|freeze|missing|wrong|incorrect|broken|unhandled|uncaught|unescaped|memory leak|leak|race condition|deadlock|data loss|regression|typos?|flaky|off-by-one|support for|no (?:way|support|error|validation|timeout|limit|tests?)|failing|invalid|unexpected|unnecessary|unused|duplicated?|dead code|outdated|inconsistent|inefficient|hard-?coded|deprecated|stale|infinite loop|null pointer|npe|\w+(?:error|exception) (?:in|when|on|at|from|while|for|with)|cannot|can't|unable to|allow|ability to|option to|poor|slow|double)\b/i
