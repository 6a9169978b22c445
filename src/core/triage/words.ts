/** Is the talk about code? A path, a name as programs have it, or one of the trade's words. */
export const isAboutCode = (text: string): boolean =>
  OWN_PLACE.test(text) || CODE_WORD.test(text) || OTHER_CODE_WORD.test(text)

/** Does it name the place to change: a path, an identifier, or "in the parser"? */
export const namesPlace = (text: string): boolean => OWN_PLACE.test(text) || IN_THE.test(text)

/** Is it writing, or something else that is no programming, that is to be made or mended? */
export const isProseWork = (text: string): boolean => PROSE_WORK.test(text) && !OWN_PLACE.test(text)

const OWN_PLACE =
  /`[^`]+`|(?<![\w/-])[\w/-]*\w\.(?:[a-z]{1,4}|json|yaml|toml|svelte|astro)\b(?![.\w])|\b[a-z]+[A-Z]\w*|\b(?!TypeScript|JavaScript|GitHub|GitLab|LinkedIn|YouTube|PostgreSQL|GraphQL|ChatGPT)[A-Z][a-z]+[A-Z]\w*|\b[a-z\d]+_[a-z\d_]+\b|\b\w+\(\)|(?<![\w.-])[\w.-]+\/[\w./-]+/

const CODE_WORDS = [
  'code|codebase|repo(?:sitory)?|projects?|functions?|methods?|class(?:es)?|interfaces?|types?|generics?|enums?',
  'variables?|constants?|params?|parameters?|arguments?|props?|modules?|packages?|librar(?:y|ies)|dependenc(?:y|ies)',
  'imports?|exports?|files?|folders?|director(?:y|ies)|scripts?|tests?|specs?|fixtures?|mocks?|coverage|bugs?|errors?',
  'exceptions?|crash(?:es|ed)?|stack ?traces?|warnings?|lint(?:er|ing)?|tsc|compiler|builds?|ci|workflows?',
  'typescript|javascript|python|rust|golang|java|kotlin|swift|ruby|php|c\\+\\+|c#|react|vue|svelte|django|flask|rails',
  'next\\.?js|node(?:\\.?js)?|express|hono|apis?|endpoints?|routes?|routers?|routing|handlers?|controllers?|middlewares?',
  'components?|hooks?|pages?|buttons?|forms?|modals?|dialogs?|inputs?|navbar|sidebar|headers?|footers?|layouts?|menus?',
  'css|html|dom|ui|ux|frontend|backend|servers?|clients?|cli|flags?|options?|config(?:uration)?|settings?|env',
  'environment variables?|databases?|db|sql|schemas?|tables?|columns?|migrations?|quer(?:y|ies)|index(?:es)?|caches?',
  'caching|queues?|workers?|logs?|loggers?|logging|parsers?|parsing|lexers?|tokeni[sz]ers?|docker(?:file)?|readme|docs',
  'documentation|docstrings?|comments?|changelog|regex(?:es)?|json|yaml|csv|xml|crlf|utf-?8|unicode|https?|websockets?',
  'sse|urls?|requests?|responses?|auth(?:entication|orization)?|oauth|jwt|login|logout|sign-?up|tokens?|sessions?',
  'cookies?|passwords?|pagination|validat(?:ion|or|ors)|retr(?:y|ies)|timeouts?|rate[- ]limit(?:ing|er|s)?|async|await',
  'promises?|callbacks?|null|undefined|nan|edge cases?|dark mode|themes?|features?|todo|makefile|tsconfig|dto|orm|crud',
  'webhooks?|reducers?|arrays?|strings?|integers?|booleans?|numbers?|loops?|iterators?|streams?|buffers?|mutex|threads?',
  'memory leaks?|race conditions?|deadlocks?|algorithms?|apps?|applications?|websites?|plugins?|extensions?|games?|bots?',
  'charts?|dashboards?|search(?: box| bar| field)?|upload|download|spinner|tooltip|date picker|time ?zones?|locale|i18n|paths?',
  'case-(?:in)?sensitiv(?:e|ity)|sort order|fields?|rows?|screens?|views?|icons?|tabs?|pop-?ups?|notifications?|quotes|semicolons?|indentation|whitespace',
  'yarn|npm|pnpm|pip|webpack|vite|bundles?|bundle size|vitest|jest|mocha|pytest|eslint|prettier',
]
const CODE_NOUNS = CODE_WORDS.join('|')
const CODE_WORD = new RegExp(`(?<![\\w-])(?:unit |failing )?(?:${CODE_NOUNS})(?![\\w-])`, 'i')

const IN_THE = new RegExp(
  `\\b(?:in|to|of|from|for|on) (?:the|our|my|that) (?:[\\w-]+ ){0,2}(?:${CODE_NOUNS})\\b`,
  'i',
)

/** The same trade in German, French, Spanish and Portuguese, as far as the words differ from the English ones. */
const OTHER_CODE_WORD =
  /(?<!\p{L})(?:fehler|funktion(?:en)?|datei(?:en)?|klassen?|methoden?|schnittstelle|abhängigkeit(?:en)?|schaltfläche|anmeldung|seite|tests?|skript|fonctions?|fichiers?|classes?|méthodes?|erreurs?|bogues?|dépendances?|boutons?|tests? unitaires?|función|funciones|archivos?|clases?|métodos?|error(?:es)?|fallos?|dependencias?|botón|pruebas?|código|função|funções|arquivos?|ficheiros?|métodos?|erros?|dependências?|botão|testes?)(?!\p{L})/iu

const pieces = (...nouns: string[]): string => `(?: [\\w'-]+){0,4}? (?:${nouns.join('|')})s?\\b`
// "an e-mail validator" and "the summary row" are programming all the same
const NO_PART_OF_A_NAME =
  '(?!\\s+(?:address|valid|pars|templat|componen|service|class|page|app|route|api|engine|handler|form|field|sender|queue|client|column|list|model|schema|table|endpoint|generat|function|module|test|notif|input|regex|helper|command|check|row|card|panel|bar|view|screen|section|box|button|link|text|string|spacing|split|count|sending|delivery))'

const PROSE_WORK = new RegExp(
  [
    `\\b(?:write|compose|draft|make|create|generate|give|tell|prepare|plan|translate)\\b${pieces(
      'essay|poem|haiku|limerick|sonnet|short story|story|song|lyrics|recipe|joke|speech|tweet|linkedin post|blog(?: post)?',
      'newsletter|cover letter|resume|cv|love letter|letter|e-?mail|itinerary|meal plan|diet|workout|schedule|vacation|trip',
      'pros and cons|table comparing|comparison|presentation|slide|commit message|release note|summary|sandwich',
    )}`,
    `\\b(?:fix|correct|improve|rewrite|polish|proofread|optimi[sz]e|edit|shorten|repair)\\b${pieces(
      'essay|poem|haiku|story|lyrics|speech|tweet|blog post|cover letter|resume|letter|grammar|spelling|sentence|paragraph',
      'diet|workout|vacation|trip|routine|marriage',
    )}`,
  ]
    .map((work) => work + NO_PART_OF_A_NAME)
    .join('|'),
  'i',
)
