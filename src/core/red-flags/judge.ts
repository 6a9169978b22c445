import { rules, TOOLS, type Rule } from './rule.ts'

const TAMPERING = {
  code: 'judge_tampering',
  does: 'changes what the tests judge with',
  files: 'any',
  within: 'code',
  excuse: /polyfill|monkey.?patch|prototype/i,
} as const

const BUILTINS = '(?:Object|Function|Array|String|RegExp|Map|Set|JSON|Reflect)'
const ASSIGNED = String.raw`\s*(?:&&|\|\|)?=(?![=>])`
const MEMBER = String.raw`\s*(?:\.\s*\w+|\[[^\]\n]+\])`

/** Code that makes assertions, comparisons or the loading of modules agree with whatever comes. */
export const TAMPERINGS: readonly Rule[] = [
  ...rules({ ...TAMPERING, languages: ['javascript'] }, [
    new RegExp(String.raw`(?<![\w.$])(?:assert(?:\.strict)?|expect)${MEMBER}${ASSIGNED}`, 'g'),
    // whatever name assert was imported by
    new RegExp(
      String.raw`\bimport\s+(?:\*\s+as\s+)?(\w+)\s+from\s+['"](?:node:)?assert(?:\/strict)?['"][\s\S]*?(?<![\w.$])\1(?:\.strict)?${MEMBER}${ASSIGNED}`,
      'g',
    ),
    new RegExp(
      String.raw`(?<![\w.$])(\w+)\s*=\s*[^\n;]*\(\s*['"](?:node:)?assert(?:\/strict)?['"]\s*\)[\s\S]*?(?<![\w.$])\1${MEMBER}${ASSIGNED}`,
      'g',
    ),
    new RegExp(String.raw`\bObject\.(?:keys|entries|getOwnPropertyNames)\(\s*assert\b`, 'g'),
    new RegExp(String.raw`(?<![\w.$])${BUILTINS}(?:\.prototype)?${MEMBER}${ASSIGNED}`, 'g'),
    {
      files: 'sources',
      pattern: new RegExp(
        String.raw`(?<![\w.$])(?:Number|Boolean|Promise|Math|Date|Symbol)(?:\.prototype)?${MEMBER}${ASSIGNED}`,
        'g',
      ),
    },
    /\b(?:Object|Reflect)\.(?:defineProperty|defineProperties|assign|set|setPrototypeOf)\(\s*(?:assert|expect|process(?!\.env)|(?:Object|Function|Array|String|RegExp|Map|Set|JSON|Reflect)(?:\.prototype)?)\s*,/g,
    /\b(?:globalThis|global)\s*\.\s*(?:expect|assert|test|it|describe|Object)\s*=(?!=)/g,
    { files: 'sources', pattern: /\b(?:globalThis|global)\s*\.\s*(?:process|console)\s*=(?!=)/g },
    /\b(?:mock\.method|spyOn|stub)\(\s*(?:assert|expect|Object|Reflect)\b/g,
    { files: 'sources', pattern: /\bprocess\.std(?:out|err)\.write\s*=(?!=)/g },
  ]),
  ...rules({ ...TAMPERING, languages: ['javascript'], does: 'changes how modules are loaded' }, [
    /(?<![\w.$])[mM]odule\.register(?:Hooks)?\s*\(/g,
    /\bimport\s*\{[^}]*\bregister(?:Hooks)?\b[^}]*\}\s*from\s*['"](?:node:)?module['"]/g,
    /\bModule\._(?:load|resolveFilename|extensions|cache|compile)\b|\bModule\.prototype\._compile\b/g,
    /\bsyncBuiltinESMExports\s*\(|\bprocess\.(?:binding|dlopen)\s*\(/g,
    { files: 'sources', except: TOOLS, pattern: /\brequire\.(?:cache|extensions)\b/g },
  ]),
  ...rules(
    {
      ...TAMPERING,
      languages: ['javascript'],
      does: 'rewrites the project while it is tested',
      except: TOOLS,
      excuse: /generat|codegen|scaffold/i,
    },
    [
      /\b(?:writeFile|appendFile|rm|unlink|rename|copyFile|cp|truncate|symlink)(?:Sync)?\s*\(\s*(?:new URL\(\s*)?['"`](?:\.{0,2}\/)*(?:src|lib|tests?|__tests__)\//g,
      /\b(?:writeFile|appendFile|rm|unlink|rename|copyFile|cp|truncate|symlink)(?:Sync)?\s*\(\s*(?:join|resolve)\([^()\n]*\bdirname\b[^()\n]*['"`](?:\.{0,2}\/)*(?:src|lib|tests?)\b/g,
      /\bexec(?:File)?(?:Sync)?\(\s*['"`][^'"`\n]*(?:\bsed -i\b|\bgit (?:checkout|apply|stash)\b|\b(?:mv|cp|rm|tee) |>)[^'"`\n]*\b(?:src|tests?)\//g,
    ],
  ),
  ...rules({ ...TAMPERING, languages: ['javascript'], does: 'makes a value equal to any other' }, [
    /(?:\b(?:valueOf|toString|toJSON)|\[\s*Symbol\.(?:toPrimitive|hasInstance)\s*\])\s*(?:\([^)\n]*\)\s*\{\s*return\s+|[:=]\s*(?:\([^)\n]*\)|\w+)\s*=>\s*)(?:true\b|\+\+\w|\w+(?:\.\w+)*\+\+)/g,
  ]),
  ...rules({ ...TAMPERING, languages: ['python'] }, [
    /\bbuiltins\.\w+\s*=(?!=)/g,
    /(?<![\w.])(?:_?pytest(?:\.\w+)*|unittest(?:\.\w+)*|TestCase)\.\w+\s*=(?!=)/g,
    /\bsetattr\(\s*(?:_?pytest|unittest|builtins|TestCase)\b/g,
    { files: 'sources', pattern: /\bsys\.modules\[\s*(?!__name__)[^\]\n]+\]\s*=(?!=)/g },
    { files: 'sources', pattern: /\bsys\.(?:settrace|setprofile|meta_path)\b/g },
    { pattern: /\bdef\s+pytest_\w+\s*\(/g, excuse: /plugin|hook|conftest/i },
  ]),
  ...rules({ ...TAMPERING, languages: ['python'], does: 'makes a value equal to any other' }, [
    /\bdef\s+__eq__\s*\([^)\n]*\)[^:\n]*:\s*return\s+True\b/g,
    /\bdef\s+__ne__\s*\([^)\n]*\)[^:\n]*:\s*return\s+False\b/g,
    /\b__eq__\s*=\s*lambda\b[^:\n]*:\s*True\b/g,
  ]),
  ...rules({ ...TAMPERING, languages: ['rust'] }, [
    /\bmacro_rules!\s*(?:assert|assert_eq|assert_ne|panic)\b/g,
    /\bpanic::set_hook\b[\s\S]{0,300}?\bexit\(\s*0/g,
  ]),
  ...rules({ ...TAMPERING, languages: ['rust'], does: 'makes a value equal to any other' }, [
    /\bfn\s+eq\s*\([^)]*\)\s*->\s*bool\s*\{\s*(?:return\s+)?true\b/g,
    /\bfn\s+ne\s*\([^)]*\)\s*->\s*bool\s*\{\s*(?:return\s+)?false\b/g,
  ]),
  ...rules({ ...TAMPERING, languages: ['go'], within: 'comment' }, [/\/\/go:linkname\b/g]),
]
