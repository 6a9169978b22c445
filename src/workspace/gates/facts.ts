/** What gate detection may know of a project. */
export type ProjectFacts = {
  /** Every file of its base tree. */
  readonly files: ReadonlySet<string>
  /** Text of a file for which `isManifest` is true. */
  readonly read: (path: string) => string | undefined
  /** Can one of `PROGRAMS` be run from the path? */
  readonly installed: (program: string) => boolean
  /** The folder of the user's Python environment (`.venv`); null where there is none. */
  readonly virtualenv: string | null
}

/** What `installed` is asked for. */
export const PROGRAMS: readonly string[] = [
  'pnpm yarn bun',
  'cargo cargo-clippy rustfmt',
  'go golangci-lint',
  'python3 ruff mypy pytest',
].flatMap((ecosystem) => ecosystem.split(' '))

const MANIFESTS = new Set(
  [
    'package.json pnpm-workspace.yaml tsconfig.json',
    'Cargo.toml go.mod go.work',
    'pyproject.toml setup.cfg pytest.ini tox.ini mypy.ini ruff.toml .ruff.toml',
  ].flatMap((ecosystem) => ecosystem.split(' ')),
)
/** How eslint's configuration is called, old and new. */
export const ESLINT_CONFIG = /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:[cm]?js|json|ya?ml))?)$/

/** Does detection read the text of this file? */
export function isManifest(path: string): boolean {
  const name = nameOf(path)
  return (MANIFESTS.has(name) || ESLINT_CONFIG.test(name)) && !isForeign(path)
}

/** Folders that hold other people's projects, or projects that are material: theirs are no gates of this one. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|vendor|third_party|tests?|__tests__|__fixtures__|fixtures?|examples?|samples?|templates?|testdata|\.[^/]+)\//

const isForeign = (path: string): boolean => FOREIGN.test(path)

/** Folders with one of these files that have no such folder above them, in order. */
export function topmostFolders({ files }: ProjectFacts, names: readonly string[]): string[] {
  const folders = [...files].filter((path) => names.includes(nameOf(path)) && !isForeign(path)).map(folderOf)
  return [...new Set(folders)]
    .filter((folder) => !folders.some((other) => other !== folder && isBelow(folder, other)))
    .toSorted()
}

/** A path in a folder; the root is the empty folder. */
export const within = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`)

/** Is this path somewhere below this folder? */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path.startsWith(`${folder}/`)

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
