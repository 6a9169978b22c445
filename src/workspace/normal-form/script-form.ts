import { minifySync, type MinifyOptions } from 'oxc-minify'
import { parseSync, type ParseResult } from 'oxc-parser'
import { transformSync, type TransformOptions } from 'oxc-transform'
import { markSource } from '../../core/source-text.ts'
import { sortImports } from './sort-imports.ts'

/**
 * JavaScript and TypeScript, minified: no comments, no formatting, no types, local names in the order of use. null
 * where it does not parse, and where what a minifier takes away means something to somebody.
 */
export function scriptForm(path: string, text: string): string | null {
  if (DECLARATIONS.test(path) || hasDecorators(text)) return null
  const lang = dialectOf(path)
  const sourceType = /\.c[jt]s$/.test(path) ? 'commonjs' : 'unambiguous'
  const parsed = parseSync(path, text, { lang, sourceType })
  if (parsed.errors.length > 0) return null
  const sorted = sortImports(text, parsed.module.staticImports)
  const code = minify(sorted, lang, systemOf(path, text, parsed))
  return code === null ? null : [...instructionsIn(parsed), code].join('\n')
}

/** Nothing but types: nothing would be left of it. */
const DECLARATIONS = /\.d\.(?:[^.]+\.)?[cm]?ts$/

type Dialect = 'ts' | 'tsx' | 'jsx'
type System = 'module' | 'commonjs' | 'script'

/** React is written in .js files too. */
function dialectOf(path: string): Dialect {
  if (path.endsWith('.tsx')) return 'tsx'
  return path.endsWith('ts') ? 'ts' : 'jsx'
}

/** What frameworks with decorators do depends on the types beside them. */
function hasDecorators(text: string): boolean {
  const marks = markSource(text, 'javascript')
  return text.matchAll(/@(?=[\w$(])/g).some(({ index }) => marks[index] === 'c')
}

/** The outermost names of a module are its own; those of a plain script are everybody's and stay as they are. */
function systemOf(path: string, text: string, { module }: ParseResult): System {
  if (module.hasModuleSyntax || /\.m[jt]s$/.test(path)) return 'module'
  return /\.c[jt]s$/.test(path) || COMMONJS.test(text) ? 'commonjs' : 'script'
}

const COMMONJS = /\bmodule\.exports\b|\bexports\.\w|\brequire\(/

function minify(text: string, lang: Dialect, system: System): string | null {
  const plain = transformSync(`form.${lang}`, text, { ...PLAIN, lang, sourceType: system })
  if (plain.errors.length > 0) return null
  // that a file is CommonJS is read off its name
  const name = system === 'commonjs' ? 'form.cjs' : 'form.js'
  const small = minifySync(name, plain.code, {
    ...SMALL,
    module: system === 'module',
    mangle: { toplevel: system !== 'script' },
  })
  return small.errors.length > 0 ? null : small.code
}

/** JavaScript; an import or a field that may be there for its effect stays. */
const PLAIN: TransformOptions = {
  target: 'esnext',
  jsx: { runtime: 'automatic' },
  typescript: { onlyRemoveTypeImports: true },
}

const SMALL: MinifyOptions = {
  compress: { target: 'esnext', unused: false, dropDebugger: false, treeshake: { annotations: false } },
  codegen: { removeWhitespace: true, legalComments: 'none' },
}

/** Comments that are read by test runners, bundlers and compilers, in their order. */
const instructionsIn = ({ comments }: ParseResult): string[] =>
  comments.filter(({ value }) => INSTRUCTION.test(value)).map(({ value }) => value.trim())

const INSTRUCTION = /@(?:jest|vitest)-|@jsx|@vite-ignore|\bwebpack[A-Z]|\bturbopack[A-Z]/
