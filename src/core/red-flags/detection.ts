import { rules, TOOLS, type Rule } from './rule.ts'

const DETECTION = {
  code: 'test_detection',
  does: 'asks whether it is being tested',
  files: 'sources',
  within: 'code',
  excuse: /test (?:mode|runner|environment)|(?:in|under|during|from) tests?\b|NODE_ENV/i,
} as const

/** Files that stand beside the sources but serve the tests. */
const TEST_SUPPORT =
  /(?:^|[/._-])(?:testing|tests?[._-]?(?:utils?|helpers?|support|setup|kit)|setup[._-]?tests?)(?:[/._-]|$)/i
const RUNNERS = String.raw`(?:node:test(?:\/\w+)?|vitest|@vitest\/\w+|@jest\/globals|mocha|ava|tap|uvu|sinon|chai|@playwright\/test|bun:test)`

/** Code that behaves otherwise when it is being tested, or reads what it is tested with. */
export const DETECTIONS: readonly Rule[] = [
  ...rules({ ...DETECTION, languages: ['javascript'] }, [
    /\b(?:NODE_TEST_CONTEXT|VITEST_WORKER_ID|VITEST_POOL_ID|JEST_WORKER_ID)\b/g,
    {
      within: 'string',
      pattern:
        /['"`](?:NODE_TEST_CONTEXT|VITEST(?:_\w+)?|JEST_WORKER_ID|NODE_OPTIONS)['"`]\s*(?:\]|in\b|,|\))/g,
    },
    /\benv\s*\??\.\s*(?:VITEST|NODE_OPTIONS|NODE_V8_COVERAGE|MOCHA_\w+|npm_lifecycle_\w+)\b/g,
    /\{[^{}\n]*\b(?:VITEST|NODE_OPTIONS|npm_lifecycle_\w+)\b[^{}\n]*\}\s*=\s*(?:\w+\.)*env\b/g,
    /\b(?:env\s*\[\s*['"`])?NODE_ENV\b['"`\]\s]*[!=]==?\s*['"`]test['"`]/g,
    { within: 'string', pattern: /['"`]test['"`]\s*[!=]==?\s*(?:\w+\.)*env\.NODE_ENV\b/g },
    /\bimport\.meta\.vitest\b/g,
    /\bprocess\s*\.\s*execArgv\b(?:\s*(?:\??\.\s*(?:some|includes|find\w*|filter|join|indexOf|length|map|toString|at)\b|\[)|[\s\S]{0,200}?['"`/][^'"`\n]{0,40}\btest)/g,
    /\b(?:String|stringify)\(\s*process\.execArgv\b/g,
    /\bprocess\.argv\b(?!\s*\[\s*2\s*\])[^\n]{0,60}['"`/][^'"`/\n]{0,30}(?<!\/[a-z]*\.)\b(?:tests?|spec|jest|vitest|mocha)\b/g,
    {
      within: 'string',
      pattern: /\/[^/\n]*\b(?:tests?|spec)\b[^/\n]*\/[a-z]*\.test\(\s*process\.argv/g,
    },
    /\b(?:require\.main|module\.parent|process\.mainModule)\b[^\n]{0,60}\b(?:test|spec|jest|vitest|mocha)\b(?!\()/g,
    /\btypeof\s+(?:describe|jest|beforeEach|afterEach|__vitest\w*)\b/g,
    /\b(?:globalThis|global)\s*(?:\.|\[\s*['"`])\s*(?:describe|it|jest|vi|expect|beforeEach|__vitest\w*)\b/g,
    { within: 'string', pattern: /['"`](?:describe|jest|vi|expect|beforeEach)['"`]\s+in\s+global/g },
  ]),
  ...rules({ ...DETECTION, languages: ['javascript'], does: 'looks at who calls it' }, [
    /\bnew\s+Error\s*\([^)]*\)\s*\??\.\s*stack\b[\s\S]{0,300}?(?:\.(?:includes|match|indexOf|search|split|some)\(|\/[a-z]*\.test\()/g,
    /\bcaptureStackTrace\([\s\S]{0,300}?\b(?:test|spec)\b/g,
    /\bError\.prepareStackTrace\s*=/g,
    /\bgetCallSites?\(/g,
  ]),
  ...rules({ ...DETECTION, languages: ['javascript'], does: 'reads the tests', except: TOOLS }, [
    /\b(?:readFile|readFileSync|createReadStream|readdir|readdirSync|openSync|globSync?|import|require|URL|join|resolve)\s*\([^)\n]*['"`](?:[^'"`\n]*\/)?(?:(?:tests?|__tests__|spec)(?:\/[^'"`\n]*)?|[^'"`/\n]+\.(?:test|spec)\.\w+)['"`]/g,
    /\bfrom\s+['"](?:[^'"\n]*\/)?(?:(?:tests?|__tests__)\/[^'"\n]*|[^'"/\n]+\.(?:test|spec)(?:\.\w+)?)['"]/g,
  ]),
  ...rules(
    {
      ...DETECTION,
      languages: ['javascript'],
      does: 'brings a test runner into the sources',
      except: TEST_SUPPORT,
    },
    [
      new RegExp(String.raw`\bfrom\s+['"]${RUNNERS}['"]`, 'g'),
      new RegExp(String.raw`\b(?:import|require|getBuiltinModule)\s*\(\s*['"]${RUNNERS}['"]`, 'g'),
      new RegExp(String.raw`\bimport\s+['"]${RUNNERS}['"]`, 'g'),
      /\bgetBuiltinModule\s*\(\s*['"](?:node:)?(?:test|assert|module)/g,
      /\b(?:vi|jest)\.(?:mock|doMock|spyOn|stubGlobal|hoisted)\s*\(/g,
      /\bmock\.(?:method|module|getter|setter)\s*\(/g,
    ],
  ),
  ...rules({ ...DETECTION, languages: ['python'] }, [
    { within: 'string', pattern: /['"]PYTEST_(?:CURRENT_TEST|VERSION|XDIST_WORKER)['"]/g },
    { within: 'string', pattern: /['"](?:_?pytest|unittest|nose)['"]\s+(?:not\s+)?in\s+sys\.modules/g },
    /\bsys\.modules\b[^\n]{0,40}\b(?:_?pytest|unittest)\b/g,
    /\bsys\.argv\b[^\n]{0,60}\b(?:pytest|py\.test|unittest)\b/g,
    { within: 'string', pattern: /['"](?:pytest|py\.test|unittest)['"]\s+in\b[^\n]{0,40}\bsys\.argv\b/g },
    /\b(?:inspect\.(?:stack|currentframe|getouterframes)|sys\._getframe|traceback\.(?:extract_stack|format_stack|walk_stack))\([\s\S]{0,300}?test/g,
  ]),
  ...rules({ ...DETECTION, languages: ['python'], does: 'reads the tests' }, [
    /\b(?:open|Path|join|glob|read_text|listdir)\([^)\n]*['"](?:[^'"\n]*\/)?(?:tests?(?:\/[^'"\n]*)?|test_[^'"/\n]*\.py)['"]/g,
  ]),
  ...rules(
    {
      ...DETECTION,
      languages: ['python'],
      does: 'brings a test runner into the sources',
      except: TEST_SUPPORT,
    },
    [/^[ \t]*(?:import|from)\s+(?:_?pytest|unittest|nose)\b/gm],
  ),
  ...rules({ ...DETECTION, languages: ['rust'] }, [
    /\bcfg!\s*\(\s*(?:\w+\(\s*)*test\b/g,
    /#\[\s*cfg\s*\(\s*not\s*\(\s*test\s*\)\s*\)\s*\]/g,
    /#\[\s*cfg\s*\(\s*test\s*\)\s*\]\s*(?:\{|return\b|let\b|if\b)/g,
    /\bthread::current\(\)\s*\.\s*name\(\)/g,
    /\b(?:env::args|current_exe)\(\)[\s\S]{0,120}?"[^"\n]*(?:test|deps)/g,
  ]),
  ...rules({ ...DETECTION, languages: ['go'] }, [
    /\btesting\.(?:Testing|Verbose|CoverMode)\(\)/g,
    /\bflag\.Lookup\(\s*"test\./g,
    /\bos\.Args\b[^\n]{0,60}"[^"\n]*(?:\.test|-test\.|_test)/g,
    /\bruntime\.(?:Callers?|Stack)\([\s\S]{0,300}?(?:_test|testing)/g,
  ]),
]
