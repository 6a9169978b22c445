import { rules, type Rule } from './rule.ts'

const SUPPRESSION = { code: 'suppression', does: 'silences a check', files: 'any' } as const

/** Directives that silence a check. Tools heed them only where a comment begins. */
export const SUPPRESSIONS: readonly Rule[] = [
  ...rules({ ...SUPPRESSION, languages: ['javascript'], within: 'comment' }, [
    { pattern: /(?:\/\/+|\/\*+)[\s*]*@ts-(?:ignore|nocheck)\b/g, excuse: /ts-(?:ignore|nocheck)|suppress/i },
    {
      // in a test of types it is the assertion
      files: 'sources',
      pattern: /(?:\/\/+|\/\*+)[\s*]*@ts-expect-error\b/g,
      excuse: /ts-expect-error|suppress/i,
    },
    {
      pattern: /\/[/*]+\s*(?:eslint|oxlint|tslint)[-:]disable/g,
      excuse: /(?:eslint|oxlint|tslint).disable|suppress/i,
    },
    { pattern: /\/\*+\s*eslint\s[^*]*:\s*\[?\s*["']?(?:0|off)\b/g, excuse: /eslint|suppress/i },
    { pattern: /\/[/*]+\s*biome-ignore/g, excuse: /biome|suppress/i },
    {
      pattern: /\/[/*]+\s*(?:deno-lint-ignore|jshint\s+(?:ignore|-W)|\$FlowFixMe)/g,
      excuse: /lint|suppress/i,
    },
    {
      pattern: /\/[/*]+\s*(?:(?:istanbul|c8|v8)\s+ignore|node:coverage\s+(?:ignore|disable))/g,
      excuse: /coverage/i,
    },
  ]),
  ...rules({ ...SUPPRESSION, languages: ['python'], within: 'comment' }, [
    { pattern: /#(?:[^\n]*#)?\s*(?:type|ty|pyright|mypy):\s*ignore/g, excuse: /type: ?ignore|suppress/i },
    { pattern: /#\s*(?:pyright|mypy):\s*(?:basic|off|disable|allow)/g, excuse: /pyright|mypy|suppress/i },
    { pattern: /#(?:[^\n]*#)?\s*(?:(?:ruff|flake8)[:=]\s*)?noqa\b/gi, excuse: /noqa|suppress/i },
    { pattern: /#\s*pylint:\s*(?:disable|skip-file)/g, excuse: /pylint|suppress/i },
    { pattern: /#(?:[^\n]*#)?\s*(?:nosec\b|pyre-(?:ignore|fixme))/g, excuse: /nosec|pyre|suppress/i },
    { pattern: /#(?:[^\n]*#)?\s*pragma:\s*no\s?cover/g, excuse: /coverage|no cover/i },
  ]),
  ...rules({ ...SUPPRESSION, languages: ['python'], within: 'code' }, [
    { pattern: /@(?:typing\.)?no_type_check\b/g, excuse: /no_type_check|suppress/i },
  ]),
  ...rules({ ...SUPPRESSION, languages: ['rust'], within: 'code', excuse: /allow\(|#\[expect|suppress/i }, [
    /#!?\[\s*(?:allow|expect)\s*\(/g,
    /#!?\[\s*cfg_attr\s*\([^\]]*\b(?:allow|expect)\s*\(/g,
  ]),
  ...rules({ ...SUPPRESSION, languages: ['go'], within: 'comment', excuse: /nolint|suppress/i }, [
    /\/\/\s*nolint\b/g,
    /\/\/\s*lint:(?:file-)?ignore\b/g,
    /\/\/\s*#nosec\b/g,
  ]),
]
