import { ASKING, CODE_VERB, EDIT_VERB, INFORMATION, NOUN_LIKE } from './verbs.ts'
import { isProseWork } from './words.ts'

/** Does this sentence want to know something, rather than have something done? */
export function asks(sentence: string): boolean {
  const bare = withoutLead(sentence)
  if (OPINION.test(sentence) || (TELLS.test(bare) && INFORMATION.test(bare))) return true
  return ASKING.test(bare) && !FIXES_TOO.test(sentence)
}

/** Does this sentence tell somebody to change code? */
export function commands(sentence: string, aboutCode: boolean): boolean {
  if (asks(sentence)) return false
  if (ASKING.test(withoutLead(sentence)) && FIXES_TOO.test(sentence)) return true
  if (isProseWork(sentence)) return false
  const bare = withoutLead(sentence)
  const polite = POLITE.test(sentence)
  if (/\?\s*$/.test(sentence) && !polite) return false
  return namesDeed(bare, aboutCode) || (polite && gerundNamesDeed(bare, aboutCode))
}

/** Greetings, bullets, commit prefixes, politeness and connectives stand before the verb. */
export const withoutLead = (sentence: string): string => sentence.replace(LEAD, '').trim()

function namesDeed(bare: string, aboutCode: boolean): boolean {
  const [first = '', ...later] = bare.split(CLAUSE)
  if (isImperative(first, aboutCode)) return true
  const needsPlea = /^(?:i|you|he|she|they|we|it|my)\b/i.test(first)
  return later.some((clause) => {
    if (needsPlea && !POLITE.test(clause)) return false
    const deed = withoutLead(clause)
    return isImperative(deed, aboutCode) && (INTRODUCES.test(first) || WITH_OBJECT.test(deed))
  })
}

function isImperative(clause: string, aboutCode: boolean): boolean {
  if (NOUN_LIKE.test(clause) && (STATES.test(clause) || /^\w+ of\b/.test(clause))) return false
  return CODE_VERB.test(clause) || (aboutCode && EDIT_VERB.test(clause) && /\s/.test(clause))
}

/** "Would you mind adding a test": the verb behind its -ing. */
function gerundNamesDeed(bare: string, aboutCode: boolean): boolean {
  const [, stem, rest = ''] = /^(\w+?)ing\b(.*)$/is.exec(bare) ?? []
  if (stem === undefined) return false
  const verbs = [stem, `${stem}e`, stem.replace(/(\w)\1$/, '$1')]
  return verbs.some((verb) => isImperative(verb + rest, aboutCode))
}

const LEAD = new RegExp(
  String.raw`^(?:\s|[-*#•]+\s|\d+[.)]\s|\[[ x]?\]\s|(?:${[
    '(?:would|do) you mind\\b|would it be possible(?: for you)? to\\b|in `?[\\w./-]+\\.\\w{1,6}`?,?(?= )',
    '(?:feat|fix|chore|refactor|perf|test|docs|build|style)(?:\\([^)]*\\))?!?:(?=\\s*\\S)',
    '(?:todo|task|feature(?: request)?|request|urgent|fyi|goal|acceptance criteria|title|description)\\s*:',
    '\\[(?:feature|bug|task|enhancement)[^\\]]*\\]:?',
    '(?:hi|hello|hey|dear)(?: (?:there|all|team|quorum|everyone))?\\b[,!]?',
    '(?:ok|okay|right|great|cool|nice|good|perfect|thanks|thank you|thx|alright|well|actually|sure|yes|no|now|next|also|so|and|but|or|first|finally|afterwards|additionally|lastly|instead|again|then|while you.re (?:at it|there)|meanwhile|if possible|when you have (?:time|a (?:moment|minute)))\\b[,!.]?',
    'please\\b,?|pls\\b,?|plz\\b,?|kindly\\b|just\\b|quickly\\b|simply\\b|maybe\\b|perhaps\\b|probably\\b|really\\b|also\\b|ideally\\b,?|at least\\b',
    '(?:do you think )?(?:can|could|would|will) (?:you|we)(?: all| two)?(?: be able to| be so kind (?:as )?to)?\\b,?',
    '(?:do you think|is there any chance|any chance)(?: that)? (?:you|we) (?:can|could|might)\\b',
    "i(?: was|'m| am) (?:just )?wondering (?:if|whether) (?:you|we) (?:can|could|would|might)\\b",
    "(?:i|we)(?:'d| would) (?:really )?(?:like|love|want|prefer)(?: for)? (?:you )?to\\b|(?:i|we)(?:'d| would) (?:really )?(?:appreciate it|be grateful|be glad) if you (?:can|could|would)\\b",
    "(?:i|we) (?:really )?(?:want|need|have|ought)(?: you)? to\\b|(?:we|you|someone|somebody) (?:should|must|could|can|might want to|had better)\\b|(?:we|you)(?:'d| had) better\\b",
    "(?:i|we) (?:think|guess|believe|suggest|propose|feel)(?: that)?(?=,? (?:we|you|it would|the|please)\\b)|it(?:'s| is) time to\\b|time to\\b|the (?:task|goal|aim|idea) is to\\b|your (?:task|job) is to\\b",
    "let'?s\\b|let us\\b|help me(?: to)?\\b|go ahead and\\b|try to\\b|make sure (?:to|you)\\b|be sure to\\b|remember to\\b|don't forget to\\b|feel free to\\b|take a (?:look|stab) (?:at .{1,60}? )?and\\b|have a look (?:at .{1,60}? )?and\\b|want you to\\b",
  ].join('|')}))+`,
  'i',
)

const POLITE =
  /\b(?:please|pls|plz|kindly|(?:can|could|would|will) (?:you|we)|mind|any chance|do you think|wondering|would it be possible|let'?s|appreciate|grateful)\b/i

/** A question of taste or ability, though it begins like a polite request. */
const OPINION =
  /^(?:(?:hi|hello|hey|ok),? )?(?:(?:would|should|can|could) (?:you|we|i) (?:use|say|recommend|prefer|trust|rely|rather)\b|(?:can|do) you (?:write|read|code|generate|create|use|run|speak|see|access|edit|open|understand|support|know)(?: [\w#+]+)?\s*\?*$)/i

/** "Explain why it fails and fix it": the second half is what counts. */
const FIXES_TOO =
  /^(?!.*\b(?:how|if (?:i|we|you|they|one)|should (?:i|we)|(?:can|could|would|do) i|way|best)\b).*(?:,|\band|\bthen|;|–|—)\s+(?:(?:please|then|also|can you|could you|would you)\s+)*(?:fix|correct|repair|make|speed up|rename|delete|drop|replace|simplify|extract|move|handle|write|refactor|resolve|solve|implement|change|update|improve|clean up|rewrite|remove|adjust|apply|add)\s+(?:it|them|this|that|those|these|any|all|whatever|everything|what you|(?:a|an|the) )/i

const TELLS = /^(?:give|provide|send|get|offer|share|write)(?: me| us)?\b/i

const CLAUSE = /(?:,|;| –| —|:)\s+(?:(?:and|so|but)\s+)?|\s+(?:and|but|so)\s+/

/** What opens a sentence whose verb comes after the comma. */
const INTRODUCES =
  /^(?:(?:in|on|for|when|if|after|before|at|from|to|inside|within|while|since|as|because|with|once|instead of|given|currently|whenever|where|using|like|per|following|based on|according to|under|regarding)\b|`|[\w./-]+\.\w{1,4}$)/i

const WITH_OBJECT =
  /^[\w-]+(?: up| out)? (?:it|them|this|that|these|those|the|an?|all|any|every|each|only|our|my|its|some|more|`|[a-z]+[A-Z(]|[\w/]+\.\w)|^[\w-]+[.!]?$/

/** "Test results are odd" states, "Test the results" commands. */
const STATES =
  /^\w+(?! (?:the|an?|all|any|each|every|this|that|these|those|it|its|our|my|your|what|how|where|when|which|whether|if|to|so|only|for|in|on)\b)(?: [\w-]+){0,3} (?:is|are|was|were|isn't|aren't|has|have|had|fail(?:s|ed|ing)?|doesn't|does|don't|seems?|looks?|took|takes|works?|broke|breaks|should)\b/i
