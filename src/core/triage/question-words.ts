const either = (...patterns: string[]): string => `(?:${patterns.join('|')})`

const PLACES =
  'repo(?:sitory)?(?! pattern| layer| interface| class| method)|code ?base|workspace|monorepo|source tree|projects?(?! manag| plan| lead| idea)'
/** The project, by that name. */
export const PROJECT = new RegExp(
  `\\b(?:this|our|my|the|your|the (?:current|whole|entire|present)|my (?:current|whole|entire|own)|this (?:whole|entire))(?: (?:node|typescript|python|rust|go|git))? (?:${PLACES})\\b|\\bin here\\b(?=.*\\b(?:code|files?|tests?|modules?)\\b)`,
  'i',
)
/** The same in German, French, Spanish and Portuguese. */
export const PROJECT_ABROAD = new RegExp(
  [
    '\\b(?:dies(?:e[mrs]?|es)|unser(?:e[mrs]?)?|mein(?:e[mrs]?)?|das|dem|im|der) (?:\\p{L}+ )?(?:projekt|repo(?:sitory)?|codebasis|code ?base|workspace|quellcode)(?!\\p{L})',
    '\\b(?:ce|notre|mon|le|du) (?:projet|dépôt|code source|repo)(?!\\p{L})|\\b(?:este|nuestro|mi|el|del) (?:proyecto|repositorio|código fuente|repo)(?!\\p{L})',
    '\\b(?:este|deste|neste|nosso|meu|o|do|no) (?:projeto|repositório|código-fonte|repo)(?!\\p{L})',
  ].join('|'),
  'iu',
)

/** What to do with a project is advice, and nothing in it answers that. */
export const ADVICE =
  /\b(?:monetize|promote|market|advertise|sell|estimate)\b.*\bprojects?\b|\b(?:should|shall|would) (?:i|we)\b|\b(?:the|my|your) project (?:manager|ideas?|deadline|budget|plan)\b|\bthe projects?\b.*\b(?:book|film|movie|euler|gutenberg)\b|\bproject (?:euler|gutenberg)\b/i

/** An order that is a question. */
export const LOOKS_FOR =
  /^(?:please |pls )?(?:find|locate|trace|follow|show|point|list|name|look up|search for|give (?:me|us) an? (?:\w+ )?(?:overview|tour|summary|outline)|zeig|erklär|finde|wo |explique|explica|décris|descri)/i

/** A path of the kind that projects have; what leads out, up or onto the web is none. */
export const PATH =
  /(?<![\w./:~@-])(?:[\w.-]+\/)+[\w.-]+\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|rb|php|cs?|cpp|h|vue|svelte|css|html|json|ya?ml|toml|md|sql|sh)\b|(?<![\w./:~@-])(?:src|lib|tests?|packages|apps?|docs|scripts|internal|cmd|pkg)\/[\w./-]*/

/** A source file's name alone. Of `.js` names many are products: Node.js, vue.js. */
export const FILE_NAME =
  /(?<![\w./:~@-])(?!(?:node|next|vue|nuxt|react|angular|three|d3|express|discord|moment|chart|p5|alpine|ember|backbone|nest|electron|socket|day|video|require|solid|svelte|deno|bun|plotly|tensorflow|brain|phaser|matter|anime|knockout|mocha|underscore|jquery|polymer|meteor|koa|leaflet)\.js\b)[\w-]+(?:\.[\w-]+)*\.(?:[cm]?[jt]sx?|py|rs|go|rb|vue|svelte|java|kt)\b/i

/** A name as programs have it, not as products do. */
export const NAME =
  /`[^`]+`|\b[a-z]+[A-Z]\w*|\b(?!TypeScript|JavaScript|GitHub|GitLab|LinkedIn|YouTube|PostgreSQL|GraphQL|ChatGPT|MongoDB|WebAssembly|OpenAI)[A-Z][a-z]+[A-Z]\w*|\b[a-zA-Z\d]+_[\w]+\b|\b\w+\(\)/

const DONE_TO =
  'defined|declared|implemented|used|called|handled|configured|tested|covered|validated|registered|imported|exported|set up|wired(?: up)?|computed|initiali[sz]ed|instantiated|documented|rendered|parsed|thrown|invoked|mocked|computed|created|read|written|set|stored|saved|loaded|logged|cached|sent|fetched|checked'
/** Asks where something is, or what uses it. */
export const LOCATES = new RegExp(
  either(
    `\\bwhere(?:'s| is| are| does| do| did| gets?| exactly is)\\b.*\\b(?:${DONE_TO}|come from|live|start|happen)\\b`,
    `\\b(?:find|locate|point(?: me)? to|show(?: me)?) where\\b.*\\b(?:${DONE_TO}|come from|live|start|happen)s?\\b`,
    '\\b(?:who|what|which (?:\\w+ ){1,2}?)(?: else)? ?(?:calls?|uses?|imports?|invokes?|depends? on|covers?|tests?|exports?|defines?|implements?|handles?|references?|throws?|renders?|extends?|inherits?)\\b',
    `\\b(?:is|are)\\b.*\\b(?:tested|covered|used|called|unused|dead code)(?: anywhere| somewhere| at all)\\b`,
  ),
  'i',
)

/** Said of what everybody has, or of what another product does. */
export const FOREIGN =
  /\b(?:in|with|for|using|on|of|to|under|does|do|is|by) (?:a |an |the )?(?:c\+\+|c#|java|javascript|typescript|python|rust|golang|go|ruby|php|kotlin|swift|scala|haskell|elixir|react(?: native)?|vue|angular|svelte|next\.?js|nuxt|node(?:\.?js)?|deno|bun|django|flask|fastapi|rails|laravel|spring(?: boot)?|express|jest|vitest|mocha|pytest|npm|yarn|pnpm|git|github|gitlab|vs ?code|vim|linux|ubuntu|debian|mac(?:os)?|windows|android|ios|docker|kubernetes|k8s|aws|azure|gcp|postgres(?:ql)?|mysql|sqlite|mongodb|redis|excel|word|css|html|sql|bash|the browser|browsers|the web|programming|general|theory)(?![\w.-])|\b(?:an?|any) (?:typical|average|normal|usual|new|large|small|simple|modern|standard)?\b ?(?:project|repo|codebase|package\.json|tsconfig|dockerfile|makefile)\b/i

/** A lesson is wanted, with a path as its example. */
export const HOW_TO =
  /\bhow (?:do|can|could|should|would|might) (?:i|you|one|people)\b|\bhow to\b|\b(?:best|good|right|proper|recommended|common|idiomatic) (?:way|practice|approach|pattern)|\bis it (?:possible|ok|okay|good|bad|common)\b|\bdifference between\b|\bwhat (?:is|are) (?:an?|the (?:concept|purpose|idea|meaning) of an?)\b|\bin general\b|\bgenerally\b|\bfor example\b|\be\.g\./i

const KINDS =
  'code|tests?|test suite|builds?|ci|pipeline|types?|linter|lint|config(?:uration)?|endpoints?|routes?|api|schemas?|migrations?|modules?|packages?|dependenc(?:y|ies)|server|client|cli|parser|app|frontend|backend|database|components?|hooks?|logging|auth(?:entication)?|login|errors?|functions?|class(?:es)?|files?|scripts?|middlewares?|workers?|queue|cache'
/** What the speakers own, and what they made of it with whatever product. */
export const OURS = new RegExp(
  either(
    `\\bour (?:[\\w-]+ ){0,2}(?:${KINDS})\\b`,
    '\\bmy (?:own )?(?:code|tests?|test suite|build|linter|types|endpoints|modules|scripts)\\b',
    '\\b(?:which|what) (?:[\\w-]+ ){1,3}?(?:do|are|did) we (?:use|using|have|support|run|depend|rely|call|export|expose|test)\\b',
  ),
  'i',
)

/** What may be theirs: teachers say "we" too. */
export const MAYBE_OURS =
  /\bwhere do we\b|\bdo we (?:have|already|use|support|test|handle|log|validate|cache|still|really|ever)\b|\bin (?:the|our|this|your) (?:code|sources?|source code)\b/i

/** A product of that name, not the one at hand. */
export const NAMED_PROJECT = /\bproject [A-Z]/

/** "How does the login work here?", but not "here is my question" or "what can I do here?" */
export const HERE =
  /^(?!.*\bhere(?:'s| is| are)\b)(?!.*\b(?:what|who|why) (?:are|can|should|do) (?:you|i)\b).*\b(?:here|hier|aquí|aqui|ici)\b/i

/** What only a project has: which of its files do something, which of its tests fail. */
export const PARTS = new RegExp(
  either(
    '\\b(?:my|our|the) (?:last|latest|recent|previous) (?:\\w+ )?(?:commits?|changes|diffs?|merge)\\b|\\b(?:what|which|summari[sz]e)\\b.*\\b(?:changed|changes|commits)\\b.*\\b(?:since|(?:of|in|from) (?:the )?(?:last|past|this)|today|yesterday)\\b(?!.* (?:of|in) (?-i:[A-Z]))',
    '\\b(?:which|what) (?:(?:source|test|other|unit) )?(?:files?|modules|tests?|suites?|endpoints|routes|components) (?:(?:do|would|will|must|should) (?:i|we) (?:have to |need to )?(?:change|touch|edit|look at)|cover|calls?|uses?|imports?|exports?|defines?|implements?|handles?|contains?|tests?|depends? on|touch(?:es)?|references?|mentions?|exists?|is responsible|are responsible|are (?:failing|missing|there|untested)|fail|do we)\\b',
    '\\b(?:are|aren.t) there (?:any |already )?tests (?:for|of|that cover)\\b',
    '\\bwhat (?:npm )?scripts (?:are there|can i run|exist)\\b|\\b(?:list|show)(?: me)?(?: all| every)? (?:of )?(?:the |our )?(?:endpoints|routes|modules|env(?:ironment)? variables|test files|source files|todos?|cli flags)\\b(?! (?:of|in) (?-i:[A-Z]))',
    '\\bwo (?:ist|sind|wird|werden|steht)\\b.*\\b(?:definiert|implementiert|aufgerufen|behandelt|getestet|konfiguriert|verwendet|benutzt)\\b|\\bwelche (?:datei|dateien|tests|module|funktion|funktionen|klasse|klassen)\\b',
    '(?<!\\p{L})où (?:est|sont) .*\\b(?:défini|implément|appel|utilis|géré|test|configur)\\p{L}*|\\bquels? (?:fichiers?|tests?|modules?)\\b',
    '\\bdónde (?:están?|se) .*\\b(?:defin|implement|llama|usa|maneja|prueba|configur)\\p{L}*|\\bqué (?:archivos?|pruebas|módulos?)\\b|\\bonde (?:está|estão|é|são|se) .*\\b(?:defin|implement|cham|us|trat|test|configur)\\p{L}*|\\bquais (?:arquivos?|testes|módulos?)\\b',
  ),
  'iu',
)

/** What was not shown, and so can only be in the workspace. */
export const THIS_PLACE =
  /\b(?:this|that) (?:file|folder|directory|module|package|app|application|service|library|website|game|tool)\b(?! (?:called|named|extension|format|type))|\b(?:diese[rs]?|dieses) (?:datei|ordner|verzeichnis|modul|paket|anwendung|app)\b|\bce (?:fichier|dossier|module|paquet)\b|\b(?:este|neste|deste) (?:archivo|directorio|arquivo|módulo|diretório|paquete|pacote)\b/i

/** Holds a word that stands for something said before. */
export const LEANS =
  /^(?:and|but|so|ok(?:ay)?|thanks|then|also|und|et|y|e)\b.*\b(?:it|its|that|this|they|them|those|these|there|else|called|used|tested|defined|handled)\b|^(?:how|where|why|what|who|when|which|is|are|does|do)\b.*\b(?:it|its|they|them|those|these|there)\b/i
