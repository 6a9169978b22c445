const words = (...lines: string[]): RegExp => new RegExp(`^(?:${lines.join('|')})(?![\\w'])`, 'i')

/** Verbs that mean code nearly always. */
export const CODE_VERB = words(
  'fix|refactor|re-?implement|implement|rename|migrate|port|deprecate|optimi[sz]e|inline|parali?le?li[sz]e',
  'memoi[sz]e|type-?check|unit[- ]test|bump|backport|de-?dupe|de-?duplicate|lint|hotfix|patch|modulari[sz]e|decouple',
  'rewrite|(?:find|locate|debug|diagnose|track down) and (?:fix|remove|correct|repair|resolve)',
)

/** Verbs that mean code when the rest of the text does. */
export const EDIT_VERB = words(
  'add|make|change|remove|delete|drop|update|upgrade|downgrade|replace|swap|switch|move|extract|split|merge|create',
  'write|build|generate|handle|support|use|introduce|convert|turn|set|allow|let|enable|disable|ensure|expose|export',
  'return|throw|catch|validate|saniti[sz]e|escape|cache|log|wrap|extend|improve|simplify|clean ?up|reduce|speed up',
  'increase|decrease|raise|lower|limit|rate-limit|retry|sort|filter|paginate|parse|accept|reject|ignore|skip|strip',
  'trim|document|annotate|type|test|cover|mock|stub|integrate|wire|hook up|connect|configure|set ?up|install',
  'uninstall|revert|restore|undo|correct|repair|resolve|solve|address|adjust|tweak|modify|edit|reorder|restructure',
  'reorgani[sz]e|format|translate|internationali[sz]e|locali[sz]e|store|persist|save|load|render|display|show|hide',
  'style|align|cent(?:er|re)|finish|complete|apply|insert|append|prepend|prevent|avoid|stop|guard|provide|give|put',
  'pass|inject|define|declare|register|mark|standardi[sz]e|normali[sz]e|unify|harden|secure|encrypt|hash|sync',
  'batch|stream|debounce|throttle|lazy[- ]load|have|bring back|get rid of|take out|factor out|pull out|break up',
  'ship|scaffold|bootstrap|implement|rework|redesign|polish|tidy(?: up)?|shorten|widen|tighten|relax|round|clamp',
  'get(?=.* (?:working|to work|running|green|passing|compile|build)\\b)|clean|speed|tidy|break|convert|group|include|exclude|keep|reuse|dockeri[sz]e|drop support|deduplicate|auto-?format|print|emit|fetch|subscribe',
)

/** Verbs that are nouns as well: "test results are odd" commands nothing. */
export const NOUN_LIKE =
  /^(?:test|cache|log|type|build|index|sort|filter|style|format|set|stream|batch|hash|mock|stub|document|display|support|limit|store|cover|patch|port|lint|load|save|stop|switch|split|merge|update|change|use|show|print|round|group|address|return|export|guard|pass|mark|fetch|edit|fix|rewrite|migrate)\b/i

/** A sentence that starts so wants to know, not to have. */
export const ASKING = new RegExp(
  `^(?:${[
    'how|why|what|which|who|whose|is|are|was|were|does|did|has|am|may|might|should',
    'do (?!it\\b|this\\b|that\\b|the same\\b)|have (?:you|we|i|they)\\b',
    '(?:when|where) (?:do|does|did|is|are|was|were|will|would|should|can|could|in|exactly)\\b',
    'explain|describe|tell|teach|summari[sz]e|compare|discuss|review|analy[sz]e|list|assess|evaluate|critique',
    'show (?:me|us|how|what|where|why)|give (?:me|us) (?:your|an? (?:short |quick |brief |simple )?(?:overview|example|idea|explanation|summary|list|review|opinion|hint)|(?:\\w+ )?(?:reasons|ideas|names|tips|ways|examples|options|alternatives))',
    "(?:i|we) wonder|i(?:'m| am) (?:just |only )?(?:wondering|curious|asking|confused)|understand|walk (?:me|us)|suggest|recommend",
    '(?:check|verify|investigate|look into|look at|see|find out|figure out|debug|diagnose|find|search|read|run|execute|think about|help me understand)',
    "(?:i|we)(?:'d| would)? (?:want|need|like|have|love) to (?:know|understand|learn|see|ask|find out|discuss|hear)",
    'any (?:idea|thoughts|suggestions|hints|clue)|thoughts|opinions?|let me know|can (?:i|anyone|someone)|could (?:i|it|this|that)|would (?:it|this|that|you (?:use|say|recommend|prefer))|is it|isn.t|aren.t|doesn.t|don.t you',
  ].join('|')})(?![\\w'])`,
  'i',
)

/** What one asks for when one wants words, not a change. */
export const INFORMATION =
  /\b(?:explanation|overview|examples?|advice|opinion|ideas?|summary|clarification|feedback|information|help understanding|second look|code review|recommendations?|suggestions?|comparison)\b/i
