import type { TaskKind } from './experience.ts'

/** What a request is about, told by its words. Most requests that say nothing else want something new. */
export function kindOf(request: string): TaskKind {
  const prose = request.replaceAll(CODE, ' ').replace(GREETING, '')
  const [, prefix] = COMMIT_PREFIX.exec(prose) ?? []
  if (prefix !== undefined) return PREFIXES[prefix.toLowerCase()] ?? 'feature'
  const first = SIGNS.find(([, { leads }]) => leads.test(prose))
  if (first) return first[0]
  return SIGNS.find(([, { anywhere }]) => anywhere.test(prose))?.[0] ?? 'feature'
}

/** What is quoted does not speak for the person who quotes it. */
const CODE = /`{3,}[\s\S]*?(?:`{3,}|$)|`[^`\n]*`/g
const GREETING =
  /^(?:[\s\-*>#]|(?:hi|hello|hey|ok|please|pls|just|can you|could you|would you|we need to|we should|i want you to|let's)\b[,:]?)+/i

const COMMIT_PREFIX = /^(feat|fix|refactor|perf|style|chore|test|tests|docs)(?:\([^)]*\))?!?:/i
const PREFIXES: Readonly<Record<string, TaskKind>> = {
  feat: 'feature',
  fix: 'fix',
  refactor: 'refactor',
  perf: 'refactor',
  style: 'refactor',
  chore: 'refactor',
  test: 'test',
  tests: 'test',
  docs: 'docs',
}

/** In this order: a request to test or document what was broken is about tests or documents. */
const SIGNS: readonly (readonly [TaskKind, { leads: RegExp; anywhere: RegExp }])[] = [
  [
    'test',
    {
      leads:
        /^(?:(?:add|write|create|extend|improve|increase|complete|provide|generate|update|fix)\s+(?:\w+[\s-]+){0,3}?(?:tests?|specs?|test cases?|coverage)\b|(?:test|cover|unit-?test)\s)/i,
      anywhere: /\b(?:test coverage|unit tests? for|missing tests?)\b/i,
    },
  ],
  [
    'docs',
    {
      leads:
        /^(?:(?:add|write|create|extend|improve|complete|provide|update|fix|correct)\s+(?:\w+[\s-]+){0,3}?(?:docs?|documentation|readme|doc ?comments?|docstrings?|jsdoc|comments?|changelog|typos?)\b|document\s)/i,
      anywhere: /\b(?:readme|docstrings?|jsdoc|documentation)\b/i,
    },
  ],
  [
    'fix',
    {
      leads: /^(?:fix|repair|correct|debug|solve|resolve|mend|hotfix|patch)\b/i,
      anywhere:
        /\b(?:bugs?|broken|crash(?:es|ed|ing)?|fails?|failing|regression|wrong(?:ly)?|incorrect(?:ly)?|throws?|should(?:n't| not)|does(?:n't| not)|off by one|stack trace|leaks?|race condition|instead of)\b/i,
    },
  ],
  [
    'refactor',
    {
      leads:
        /^(?:refactor|rename|extract|inline|move|split|merge|simplify|clean(?: up)?|tidy|restructure|reorgani[sz]e|rewrite|convert|migrate|port|replace|deduplicate|de-duplicate|remove|delete|drop|optimi[sz]e|speed up|format|modulari[sz]e|decouple|unify|upgrade)\b/i,
      anywhere: /\b(?:refactor|without changing (?:its |the )?behaviou?r|duplicate[ds]? code|dead code)\b/i,
    },
  ],
]
