/**
 * Puts a project's files in the order in which a prompt should carry them: owned ones first, then those the request
 * names, then those whose path shares words with it, then the shallow and short. Which of them fit is the caller's sum.
 */
export function rankFiles(paths: readonly string[], request: string, owned: readonly string[]): string[] {
  const words = new Set(wordsOf(request))
  const ownedPaths = new Set(owned)
  const scored = paths.filter(isReadable).map((path) => ({ path, score: scoreOf(path) }))
  return scored
    .sort(
      (left, right) =>
        right.score - left.score || left.path.length - right.path.length || compare(left.path, right.path),
    )
    .map(({ path }) => path)

  function scoreOf(path: string): number {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const shared = wordsOf(path).filter((word) => words.has(word)).length
    return (
      (ownedPaths.has(path) ? 1_000 : 0) +
      (request.includes(path) ? 500 : 0) +
      (name.length > 3 && request.includes(name) ? 250 : 0) +
      shared * 10 +
      (/\.(?:[cm]?[jt]sx?|py|rs|go|java|vue|svelte)$/.test(path) ? 5 : 0) -
      path.split('/').length
    )
  }
}

/** Paths never worth a model's attention: lockfiles, generated and minified files, pictures and other binaries. */
export function isReadable(path: string): boolean {
  return !/(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|Cargo\.lock|go\.sum)$|\.min\.[a-z]+$|\.map$|\.(?:png|jpe?g|gif|webp|ico|svg|pdf|zip|gz|tgz|woff2?|ttf|eot|mp[34]|wasm|node|exe|so|dylib|dll|jar|class|pyc|db|sqlite)$/i.test(
    path,
  )
}

/** Words of a path or a sentence, camelCase taken apart, the commonest left out. */
function wordsOf(text: string): string[] {
  const words =
    text
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{3,}/g) ?? []
  return words.filter((word) => !COMMON.has(word))
}

const COMMON = new Set([
  'the',
  'and',
  'for',
  'with',
  'that',
  'this',
  'from',
  'into',
  'src',
  'lib',
  'test',
  'index',
  'file',
  'files',
  'make',
  'add',
])

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
