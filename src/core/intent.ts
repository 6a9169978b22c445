/**
 * Does this text ask for a change to code? English only, sentence by sentence: an imperative, or a demand on the
 * code ("the parser must accept CRLF"). Questions about how or why are not requests for a change.
 */
export function asksForChange(request: string, { hasFiles }: { hasFiles: boolean }): boolean {
  const prose = request.replaceAll(QUOTED, ' `code` ')
  if (HANDS_OFF.test(prose)) return false
  const aboutCode = hasFiles || CODE_WORD.test(prose) || IDENTIFIER.test(prose)
  return sentencesOf(prose).some((sentence) => demands(sentence, aboutCode))
}

/** Quoted code and sources do not speak for the person who quotes them. */
const QUOTED = /`{3,}[\s\S]*?(?:`{3,}|$)|<source\b[\s\S]*?<\/source>/g

const HANDS_OFF =
  /\b(?:don'?t|do not|without) (?:change|changing|edit|editing|modify|modifying|touch|touching|write|writing) (?:any |the |my )?(?:code|files?|anything)\s*(?:[.,;!]|$|\b(?:just|only|yet)\b)/i

const sentencesOf = (text: string): string[] =>
  text
    .split(/[.!?;](?=\s|$)|\n|,? (?:and )?then /)
    .map((sentence) => sentence.replace(LEAD, '').trim())
    .filter((sentence) => sentence !== '')

/** List bullets, commit prefixes, politeness and connectives before the verb. */
const LEAD = new RegExp(
  String.raw`^(?:\s|[-*>#]+\s|\d+[.)]\s|(?:${[
    '(?:feat|fix|chore|refactor|perf|test|docs|build|style)(?:\\([^)]*\\))?!?:',
    'todo:?|task:|bug:|issue:',
    '(?:hi|hello|hey|ok|okay|right|great|thanks|thank you|now|next|also|so|and|but|first|finally|afterwards)\\b,?',
    'please\\b,?|pls\\b|kindly\\b|just\\b|quickly\\b|simply\\b|instead\\b,?',
    "(?:can|could|would|will) (?:you|we)\\b,?|would you mind\\b|(?:i|we)(?:'d| would) like (?:you )?to\\b",
    '(?:i|we) (?:want|need|have) (?:you )?to\\b|(?:we|you) (?:should|must|could|can)\\b|your task is to\\b',
    "let'?s\\b|let us\\b|help me(?: to)?\\b|go ahead and\\b|try to\\b|make sure (?:to|you)\\b|be sure to\\b",
  ].join('|')}))+`,
  'i',
)

function demands(sentence: string, aboutCode: boolean): boolean {
  if (ASKING.test(sentence)) return false
  if (sentence.split(CLAUSE).some((clause) => isImperative(clause.replace(LEAD, ''), aboutCode))) return true
  return aboutCode && DEMAND.test(sentence) && !/^(?:i|you)\b/i.test(sentence)
}

const CLAUSE = /,\s+(?:and\s+)?|\s+(?:and|but)\s+/

/** A sentence that starts so wants to know, not to have. */
const ASKING =
  /^(?:how|why|what|when|where|which|who|whose|is|are|was|were|does|do|did|should|has|have|am|may|might|explain|describe|tell|show|teach|summari[sz]e|compare|discuss|review|analy[sz]e|list|i wonder|i'm wondering|understand|walk me|suggest|recommend|give me (?:an? )?(?:overview|example|idea|explanation|summary))\b/i

const DEMAND = /\b(?:should|must|needs? to|has to|have to|ought to)\b/i

function isImperative(clause: string, aboutCode: boolean): boolean {
  const prose = PROSE_WORK.test(clause) && !aboutCode
  if (CODE_VERB.test(clause)) return !prose
  return aboutCode && EDIT_VERB.test(clause)
}

/** Verbs that mean code nearly always. */
const CODE_VERB =
  /^(?:fix|refactor|re-?implement|implement|rename|migrate|port|debug and|deprecate|optimi[sz]e|inline|parali?le?li[sz]e|memoi[sz]e|type-?check|unit[- ]test|bump|backport|dedupe|de-?duplicate|lint|hotfix|patch|modulari[sz]e|decouple|rewrite|find and fix)\b/i

/** Verbs that mean code when the rest of the text does. */
const EDIT_VERB =
  /^(?:add|make|change|remove|delete|drop|update|upgrade|replace|swap|switch|move|extract|split|merge|create|write|build|generate|handle|support|use|introduce|convert|turn|set|allow|let|enable|disable|ensure|expose|export|return|throw|catch|validate|sanitize|sanitise|escape|cache|log|wrap|extend|improve|simplify|clean up|cleanup|reduce|speed up|increase|decrease|limit|rate-limit|retry|sort|filter|paginate|parse|accept|reject|ignore|skip|strip|trim|document|annotate|type|test|cover|mock|stub|integrate|wire|hook up|connect|configure|set up|setup|install|revert|restore|undo|correct|repair|resolve|solve|address|adjust|tweak|modify|edit|reorder|restructure|reorgani[sz]e|format|translate|internationali[sz]e|locali[sz]e|store|persist|save|load|render|display|show|hide|style|align|center|centre|finish|complete|apply|insert|append|prepend|prevent|avoid|stop|guard|check|provide|give|put|pass|inject|define|declare|register|call|run|mark|standardi[sz]e|normali[sz]e|unify|harden|secure|encrypt|hash|sync|batch|stream|debounce|throttle|lazy[- ]load)\b/i

/** What people also have fixed, written and optimised. */
const PROSE_WORK =
  /\b(?:essay|poem|haiku|limerick|story|e-?mails?|letter|tweet|song|lyrics|recipe|joke|speech|blog|grammar|spelling|sentence|paragraph|resume|cv|cover letter|diet|schedule|marriage|car|bike|sink)\b/i

const CODE_WORD =
  /\b(?:code|codebase|repo(?:sitory)?|project|functions?|methods?|class(?:es)?|interfaces?|types?|generics?|enums?|variables?|constants?|params?|parameters?|arguments?|props?|modules?|packages?|librar(?:y|ies)|dependenc(?:y|ies)|imports?|exports?|files?|folders?|director(?:y|ies)|scripts?|tests?|specs?|unit tests?|fixtures?|mocks?|coverage|bugs?|errors?|exceptions?|crash(?:es)?|stack trace|warnings?|lint(?:er|ing)?|eslint|tsc|typescript|javascript|python|rust|golang|react|vue|svelte|next\.?js|node(?:\.?js)?|express|hono|api|apis|endpoints?|routes?|router|handlers?|controllers?|middlewares?|components?|hooks?|pages?|buttons?|forms?|modal|navbar|sidebar|header|footer|layout|css|html|ui|frontend|backend|server|client|cli|flags?|options?|config(?:uration)?|settings?|env|environment variables?|database|db|sql|schemas?|tables?|columns?|migrations?|quer(?:y|ies)|index(?:es)?|cache|queue|workers?|logs?|logger|logging|parser|lexer|tokeni[sz]er|compiler|build|ci|workflow|docker(?:file)?|readme|docs?|docstrings?|comments?|regex(?:es)?|json|yaml|csv|xml|crlf|utf-?8|unicode|http|https|websockets?|sse|url|urls|requests?|responses?|auth(?:entication|orization)?|login|logout|sign-?up|tokens?|sessions?|cookies?|passwords?|pagination|validation|retry|retries|timeouts?|rate limit(?:ing|er)?|async|await|promises?|callbacks?|null|undefined|nan|edge cases?|dark mode|theme|feature|todo|makefile|tsconfig|package\.json|dto|orm|crud|webhooks?|state|store|reducer|array|string|integer|boolean|loop|iterator|stream|buffer|mutex|thread|memory leak)\b/i

/** A path, camelCase, snake_case, a call, or something in backticks. */
const IDENTIFIER =
  /`[^`]+`|\b\w+\.[a-z]{1,4}\b(?!\.)|\b[a-z]+[A-Z]\w*|\b[a-z\d]+_[a-z\d_]+\b|\b\w+\(\)|\b\w+\/\w+/
