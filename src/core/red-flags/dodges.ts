import { rules, type Rule } from './rule.ts'

const DODGE = {
  code: 'test_dodge',
  does: 'switches a test off',
  files: 'tests',
  within: 'code',
  excuse: /\bskip|\btodo\b|\bonly\b|quarantine|flaky|disable|xfail/i,
} as const
const HOLLOW = { ...DODGE, code: 'hollow_test', does: 'asserts nothing' } as const

/** Where a test stops for a reason it can name, the reason is asked for right before. */
const UNCONDITIONAL = String.raw`(?<!\b(?:if|catch|else|case|except)\b[^\n]*\n?[^\n]*)(?<!(?:&&|\|\||\?)[^\n]*)`

/** Tests that are not run, and tests that cannot fail. */
export const DODGES: readonly Rule[] = [
  ...rules({ ...DODGE, languages: ['javascript'] }, [
    /\b(?:it|test|describe|suite|context|bench)\s*\.\s*(?:skip|only|todo|fails|failing)\b/g,
    /\b(?:it|test|describe|suite)\s*\.\s*(?:skipIf\(\s*true|runIf\(\s*false)\b/g,
    /(?<![\w.$])(?:xit|xtest|xdescribe|xcontext|fit|fdescribe)\s*\(/g,
    /(?<![\w.$])(?:it|test|describe|suite)\s*\([^\n]*\{[^}\n]*\b(?:skip|todo|only)\s*:\s*(?:true\b|['"`])/g,
    new RegExp(String.raw`${UNCONDITIONAL}(?<![\w.$])(?:t|this|ctx|context)\.(?:skip|todo)\s*\(`, 'g'),
  ]),
  ...rules({ ...HOLLOW, languages: ['javascript'] }, [
    /\bexpect\(\s*(true|false|null|undefined|-?\d+|'[^'\n]*'|"[^"\n]*")\s*\)\.(?:toBe|toEqual|toStrictEqual)\(\s*\1\s*\)/g,
    /\bexpect\(\s*(?:true|1|'[^'\n]+'|"[^"\n]+"|\{\s*\}|\[\s*\])\s*\)\.(?:toBeTruthy|toBeDefined|not\.\w+)\(/g,
    /(?<![\w.$])assert(?:\.ok)?\(\s*(?:true|1|'[^'\n]+'|"[^"\n]+"|\{\s*\}|\[\s*\])\s*[,)]/g,
    /(?<![\w.$])assert\.(?:strictEqual|equal|deepEqual|deepStrictEqual)\(\s*(true|false|null|undefined|-?\d+|'[^'\n]*'|"[^"\n]*")\s*,\s*\1\s*[,)]/g,
  ]),
  ...rules({ ...HOLLOW, languages: ['javascript'], does: 'lets no assertion fail' }, [
    /\btry\s*\{[^{}]*\b(?:assert|expect)\b[^{}]*\}\s*catch\s*(?:\([^)]*\)\s*)?\{\s*\}/g,
    /^([ \t]*)return;?[ \t]*\n\1(?:assert|expect)\b/gm,
  ]),
  ...rules({ ...HOLLOW, languages: ['python'], does: 'lets no assertion fail' }, [
    /\btry:\s*\n[ \t]*(?:assert|self\.assert)[^\n]*\n[ \t]*except\b[^\n]*:\s*pass\b/g,
    /^([ \t]*)return[ \t]*\n\1assert\b/gm,
  ]),
  ...rules({ ...DODGE, languages: ['python'] }, [
    /@?\bpytest\.mark\.(?:skip|xfail)\b/g,
    /\bpytest\.mark\.skipif\(\s*(?:True|1)\b/g,
    new RegExp(String.raw`${UNCONDITIONAL}\b(?:pytest\.(?:skip|xfail)|self\.skipTest)\s*\(`, 'g'),
    /@\s*(?:unittest\.)?(?:skip|expectedFailure)\b/g,
    /\b__test__\s*=\s*False\b/g,
  ]),
  ...rules({ ...HOLLOW, languages: ['python'] }, [
    /^[ \t]*assert\s+(?:True|1)\s*(?:$|[#,;])/gm,
    /^[ \t]*assert\s+(-?\d+|True|'[^'\n]*'|"[^"\n]*")\s*==\s*\1\s*(?:$|[#,;])/gm,
    /\bself\.(?:assertTrue\(\s*True|assertFalse\(\s*False)\s*[,)]/g,
  ]),
  // Rust's tests stand in the sources
  ...rules({ ...DODGE, languages: ['rust'], files: 'any' }, [/#\[\s*ignore\b/g]),
  ...rules({ ...HOLLOW, languages: ['rust'], files: 'any' }, [
    /\bassert!\(\s*true\s*[,)]/g,
    /\bassert_eq!\(\s*(true|false|-?\d+|"[^"\n]*")\s*,\s*\1\s*[,)]/g,
  ]),
  ...rules({ ...DODGE, languages: ['go'] }, [
    new RegExp(String.raw`${UNCONDITIONAL}\b[tb]\.Skip(?:f|Now)?\s*\(`, 'g'),
  ]),
]
