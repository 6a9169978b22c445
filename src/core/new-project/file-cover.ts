/** Is this code of the project, as its checks should see it? */
export const isSource = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path) && !isConfig(path)

const isConfig = (path: string): boolean => !path.includes('/') && /\.config\.[cm]?[jt]s$|\.d\.ts$/.test(path)

/** Do these folders, files and patterns together take in every one of the paths? */
export const coversAll = (patterns: readonly string[], paths: readonly string[]): boolean =>
  paths.every((path) => patterns.some((pattern) => covers(pattern, path)))

/** Does a folder (`src`), a file or a pattern (`*.ts`) take in this path? */
export function covers(pattern: string, path: string): boolean {
  const plain = pattern.replace(/^\.?\//, '').replace(/\/$/, '')
  if (plain === '' || plain === '.') return true
  if (path === plain || path.startsWith(`${plain}/`)) return true
  return expressionOf(plain).test(path)
}

// two stars are any number of folders, one star and `?` stay within a name, `{a,b}` is either
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^$()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*\/|\*\*|\*|\?|\{|\}|,/g, (mark) => MEANING[mark]!)
  try {
    return new RegExp(`^${source}(?:/.*)?$`)
  } catch {
    // braces that do not close: it means what it says
    return /^$(?!)/
  }
}

const MEANING: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
}
