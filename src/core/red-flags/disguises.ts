import { rules, type Rule } from './rule.ts'

const WRITES = /\b(?:write|append|rename|copy|symlink|unlink|truncate|open)(?:File)?(?:Sync)?\s*\(|\.write\(/

const FORGERY = {
  code: 'forged_report',
  does: 'forges the result of a test run',
  files: 'sources',
  within: 'string',
  excuse: /reporter|report|\bTAP\b|junit/i,
} as const
const HIDDEN = {
  code: 'hidden_code',
  does: 'hides what it runs',
  files: 'sources',
  within: 'code',
  excuse: /\beval|sandbox|interpreter|compil|template|\brepl\b/i,
} as const

/** Results written by what is to be judged by them, and code that is not there to be read. */
export const DISGUISES: readonly Rule[] = [
  ...rules({ ...FORGERY, languages: ['javascript', 'python', 'rust', 'go'] }, [
    /(?<=['"`]|\\n)(?:not )?ok \d+ - /g,
    /(?<=['"`]|\\n)# (?:pass|tests|fail|suites) \d/g,
    /\bTAP version 1[34]\b|\btest result: ok\b|--- PASS: |=== RUN\b|\bTests:\s+\d+ passed|={3,} \d+ passed/g,
    /<test(?:suites?|case)\b/g,
  ]),
  ...rules({ ...FORGERY, languages: ['javascript'], does: 'looks for the report of the run' }, [
    /['"`]\/(?:proc\/(?:self|thread-self|1|\$\{process\.p?pid\})\/(?:environ|cmdline|fd)\b|dev\/fd\/)/g,
    {
      within: 'code',
      pattern: /\b(?:homedir|tmpdir)\(\)|\benv\s*(?:\.|\[\s*['"`])\s*(?:HOME|TMPDIR)\b/g,
      beside: [/\breaddir(?:Sync)?\b|\bglob(?:Sync)?\b/, WRITES],
    },
    {
      within: 'code',
      pattern: /\bObject\.(?:values|entries|keys)\(\s*(?:\w+\.)*env\s*\)/g,
      beside: [WRITES],
    },
    { within: 'code', pattern: /\bSerializer\b|\bv8\.serialize\b/g, beside: [/\bstdout\b|\bwriteSync\b/] },
  ]),
  ...rules({ ...FORGERY, languages: ['python', 'go', 'rust'], does: 'looks for the report of the run' }, [
    /['"`]\/proc\/(?:self|thread-self|1)\/(?:environ|cmdline|fd)\b/g,
  ]),
  ...rules({ ...FORGERY, languages: ['python'], does: 'looks for the report of the run' }, [
    {
      within: 'code',
      pattern:
        /\bsys\.argv\b|\bos\.environ\.(?:items|values)\(|\bgettempdir\(\)|\bexpanduser\(|\bPath\.home\(\)/g,
      beside: [
        /\b(?:glob|listdir|walk|iterdir|scandir|junit\w*|xml)\b/,
        /\bwrite(?:_text|_bytes)?\(|\bopen\([^)\n]*['"][wa]/,
      ],
    },
  ]),
  ...rules({ ...HIDDEN, languages: ['javascript'] }, [
    /(?<![\w.$])eval\s*\(|\(\s*0\s*,\s*eval\s*\)/g,
    /\bnew\s+Function\s*\(/g,
    /\bimport\s*\(\s*['"`]data:/g,
    /\bprocess\s*\[\s*(?:['"`]\w*['"`]\s*\+|\w+\s*\]|[^\]\n]*\.join\()/g,
    /\b(?:globalThis|global)\s*\[\s*['"`]\w*['"`]\s*\+/g,
    /\bReflect\.(?:get|apply|set)\(\s*(?:process|globalThis)\b/g,
    /\.constructor\s*\(\s*['"`]/g,
  ]),
  ...rules({ ...HIDDEN, languages: ['python'] }, [
    /(?<![\w.])(?:eval|exec)\s*\(\s*(?:compile|base64|bytes|codecs|zlib)\b/g,
    /\b__import__\s*\(\s*['"]\w*['"]\s*\+/g,
  ]),
]
