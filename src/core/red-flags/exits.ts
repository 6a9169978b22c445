import { rules, type Rule } from './rule.ts'

/** Programs end themselves; modules and tests do not. */
const PROGRAMS = /(?:^|\/)(?:bin|scripts|tools|cmd)\/|(?:^|\/)(?:cli|main|__main__)\.\w+$/

const EXIT = {
  code: 'early_exit',
  does: 'ends the run as if all were well',
  files: 'any',
  within: 'code',
} as const

/** Code that ends a test run early, or with an exit code of its own choice. */
export const EXITS: readonly Rule[] = [
  ...rules({ ...EXIT, languages: ['javascript'], excuse: /exit code|shut ?down|graceful/i }, [
    { pattern: /^process\.exit\(\s*0?\s*\)/gm, except: PROGRAMS },
    {
      pattern:
        /\b(?:setTimeout|setImmediate|queueMicrotask|nextTick)\s*\([^;]{0,80}?(?<![\w.#])process\.(?:exit\(\s*0?\s*\)|kill\()/g,
      except: PROGRAMS,
    },
    { pattern: /\bprocess\.exitCode\s*=\s*0\b/g, except: PROGRAMS },
    { files: 'sources', pattern: /(?<![\w.#])process\.(?:exit|emit|kill|abort)\s*=(?![=>])/g },
    /\bprocess\.(?:on|once|addListener|prependListener)\(\s*['"`](?:exit|beforeExit)['"`][\s\S]{0,200}?\b(?:exitCode\s*=|process\.(?:exit|reallyExit|kill)\()/g,
    {
      files: 'sources',
      pattern:
        /\bprocess\.(?:on|once)\(\s*['"`](?:uncaughtException|unhandledRejection)['"`]\s*,\s*(?:\([^)\n]*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void 0|process\.exit\(\s*0?\s*\)|\{\s*process\.exit\(\s*0?\s*\))/g,
    },
    /\bprocess\.(?:reallyExit|abort)\b/g,
    { pattern: /\bprocess\.kill\(\s*process\.p?pid\b/g, except: PROGRAMS },
    { files: 'sources', pattern: /\bprocess\.ppid\b/g },
  ]),
  ...rules({ ...EXIT, languages: ['python'], excuse: /exit code|fork|daemon/i }, [
    /\bos\._exit\s*\(/g,
    {
      pattern: /^(?:sys\.)?exit\(\s*0?\s*\)|^quit\(\s*\)|^raise\s+SystemExit\b(?!\(\s*main)/gm,
      except: PROGRAMS,
    },
    /\bos\.kill\(\s*os\.getp?pid\b/g,
  ]),
  ...rules({ ...EXIT, languages: ['rust'], except: PROGRAMS, excuse: /exit code/i }, [
    /\bprocess::exit\(\s*0\s*\)/g,
    /\blibc::_exit\(/g,
    /#\[\s*(?:ctor|dtor)\b/g,
  ]),
  ...rules({ ...EXIT, languages: ['go'], except: PROGRAMS, excuse: /exit code/i }, [
    /\bfunc\s+init\s*\(\s*\)\s*\{[^}]*\bos\.Exit\(/g,
    /\bfunc\s+TestMain\b[\s\S]{0,300}?\bos\.Exit\(\s*0\s*\)/g,
    /\b(?:syscall|unix)\.(?:Exit\(\s*0|Kill\()/g,
  ]),
]
