import { type Draft, draft, type Quick } from './draft.ts'
import { type ProjectFacts, topmostFolders, within } from './facts.ts'

/** What Go's own tools say of each module or workspace. gofmt is left out: it knows no failing exit. */
export function goGates(facts: ProjectFacts): Draft[] {
  if (!facts.installed('go')) return []
  return topmostFolders(facts, ['go.mod', 'go.work']).flatMap((folder) => gatesOf(folder, facts))
}

// without a word on -mod, go takes `vendor` where there is one and else reads go.mod without changing it; what it
// stamps into a binary about its repository would need the repository
const ENVIRONMENT = { GOFLAGS: '-buildvcs=false', GOPROXY: 'off', GOTOOLCHAIN: 'local' }
const LINTER_CONFIGS = ['yml', 'yaml', 'toml', 'json'].map((ending) => `.golangci.${ending}`)

function gatesOf(folder: string, facts: ProjectFacts): Draft[] {
  const packages = packagesOf(folder, facts)
  const common = { folder, environment: ENVIRONMENT }
  const lint = draft('lint', 'golangci-lint', ['golangci-lint', 'run', ...packages], {
    folder,
    environment: { ...ENVIRONMENT, GOLANGCI_LINT_CACHE: '{cache}/golangci-lint' },
  })
  const isLinted = LINTER_CONFIGS.some((name) => facts.files.has(within(folder, name)))
  return [
    draft('lint', 'vet', ['go', 'vet', ...packages], { ...common, quick: quick(['go', 'vet']) }),
    ...(isLinted && facts.installed('golangci-lint') ? [lint] : []),
    // the program itself is nobody's: without a place to go it would land in the tree
    draft('build', 'go', ['go', 'build', '-o', '/dev/null', ...packages], common),
    draft('test', 'go', ['go', 'test', '-json', ...packages], {
      ...common,
      report: 'go',
      quick: quick(['go', 'test', '-json']),
    }),
  ]
}

const quick = (command: string[]): Quick => ({ command, endings: ['.go'], names: 'folders' })

/** `./...` means nothing at the root of a workspace that is no module itself: its modules have to be named. */
function packagesOf(folder: string, { files, read }: ProjectFacts): string[] {
  const workspace = files.has(within(folder, 'go.work')) ? read(within(folder, 'go.work')) : undefined
  const used = workspace === undefined ? [] : modulesOf(workspace)
  return used.length === 0 ? ['./...'] : used.map((path) => (path === '.' ? './...' : `${path}/...`))
}

/** What a go.work uses: `use ./a`, or several in brackets. Modules outside the folder are not ours to check. */
function modulesOf(workspace: string): string[] {
  const text = workspace.replaceAll(/\/\/.*$/gm, '')
  const blocks = text.matchAll(/^\s*use\s*(?:\(([^)]*)\)|(\S+))/gm)
  return [...blocks]
    .flatMap(([, several, one]) => (several ?? one ?? '').split(/\s+/))
    .map((path) => path.replaceAll('"', '').replace(/\/$/, ''))
    .filter((path) => path === '.' || path.startsWith('./'))
}
