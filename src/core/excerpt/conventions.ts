import { z } from 'zod'
import type { SourceFile } from '../task.ts'

/** Files at the root of a project that say how its code is to be written, those that say most first. */
export const CONVENTION_FILES: readonly string[] = [
  'package.json',
  'tsconfig.json',
  'pyproject.toml',
  'Cargo.toml',
  'go.mod',
  '.oxlintrc.json',
  'eslint.config.js',
  'eslint.config.mjs',
  'eslint.config.ts',
  '.eslintrc.json',
  '.eslintrc.cjs',
  'biome.json',
  'ruff.toml',
  'mypy.ini',
  'clippy.toml',
  '.golangci.yml',
  '.prettierrc',
  '.prettierrc.json',
  'rustfmt.toml',
  '.editorconfig',
]

/** Of one file, in characters: what matters stands in few lines. */
const MOST_OF_FILE = 700
const MOST_DEPENDENCIES = 40

/** What of such a file coders need to know, in short; null where it says nothing to them. */
export function conventionsIn({ path, content }: SourceFile): SourceFile | null {
  const text = path === 'package.json' ? packageIn(content) : settingsIn(path, content)
  return text === '' ? null : { path, content: cutAtLine(text, MOST_OF_FILE) }
}

const Package = z.object({
  type: z.string().optional().catch(undefined),
  engines: z.record(z.string(), z.unknown()).optional().catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
  devDependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** How its modules are written, and what it may import. */
function packageIn(content: string): string {
  const read = Package.safeParse(jsonOf(content))
  if (!read.success) return ''
  const { type = 'commonjs', engines, dependencies, devDependencies } = read.data
  const names = (some: Readonly<Record<string, unknown>> = {}): string =>
    Object.keys(some).slice(0, MOST_DEPENDENCIES).join(', ') || 'none'
  return [
    `type: ${type}`,
    ...(engines ? [`engines: ${JSON.stringify(engines)}`] : []),
    `dependencies: ${names(dependencies)}`,
    `devDependencies: ${names(devDependencies)}`,
  ].join('\n')
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    // a project may come broken, and that is what it is to be mended for
    return null
  }
}

/** Its settings without comments and empty lines; of a file about many tools only the sections about style and types. */
function settingsIn(path: string, content: string): string {
  const lines = content.split('\n').filter((line) => !/^\s*(?:$|#|\/\/|\/\*|\*)/.test(line))
  return (path.endsWith('.toml') ? sectionsIn(lines) : lines).map((line) => line.trimEnd()).join('\n')
}

function sectionsIn(lines: readonly string[]): string[] {
  let isMeant = true
  return lines.filter((line) => {
    const [, section] = /^\[+([^\]]{1,100})\]/.exec(line) ?? []
    // what stands before the first section belongs to all of it
    if (section !== undefined) isMeant = STYLE.test(section)
    return isMeant
  })
}

const STYLE =
  /^(?:tool\.(?:ruff|black|isort|mypy|pyright|pylint|flake8)|(?:workspace\.)?lints|lint|format|package$)/

/** So many characters of its beginning, in whole lines. */
export function cutAtLine(text: string, most: number): string {
  if (text.length <= most) return text
  const end = text.lastIndexOf('\n', most)
  return end <= 0 ? text.slice(0, most) : text.slice(0, end)
}
