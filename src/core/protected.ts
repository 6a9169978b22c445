/** Where nobody's permission helps: git's own files, installed dependencies, secrets. */
export const isForbidden = (path: string): boolean =>
  segmentsOf(path).some((segment) =>
    /^\.git$|^\.gitmodules$|^node_modules$|^\.env(?:$|[.\-_])|^\.envrc$/.test(segment),
  )

/** What decides which foreign code runs, and when: dependencies, hooks, automation, editors and agents. */
export const isSupplyChain = (path: string): boolean =>
  segmentsOf(path).some((segment) => FOLDERS.has(segment)) ||
  LOCKS.has(nameOf(path)) ||
  HOOKS.test(nameOf(path))

/** What the gates read to know how strict they are. */
export const isGateConfig = (path: string): boolean =>
  MANIFESTS.has(nameOf(path)) ||
  CONFIGS.test(nameOf(path)) ||
  // loaded by test runners without being asked for
  segmentsOf(path).includes('__mocks__')

/** Tests and what they are compared with. */
export function isExistingTest(path: string): boolean {
  const segments = segmentsOf(path)
  return segments.slice(0, -1).some((segment) => TEST_FOLDERS.has(segment)) || TEST_FILE.test(nameOf(path))
}

const segmentsOf = (path: string): string[] => path.normalize('NFKC').toLowerCase().split('/')
const nameOf = (path: string): string => segmentsOf(path).at(-1)!

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const FOLDERS = words(`
  .husky .githooks .hooks .github .gitlab .circleci .buildkite .teamcity .woodpecker .ci .yarn .cargo
  .vscode .vscode-test .idea .fleet .zed .devcontainer
  .claude .cursor .continue .windsurf .codex .gemini .aider .roo .cline .kiro .opencode .quorum
`)

const LOCKS = words(`
  package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock go.sum
  go.work.sum poetry.lock uv.lock pdm.lock pipfile.lock composer.lock gemfile.lock flake.lock mix.lock
  .npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs .pnp.cjs .pnp.loader.mjs bunfig.toml pip.conf .pypirc
  .gitattributes .gitignore .gitconfig .mcp.json .cursorrules .cursorignore .windsurfrules .clinerules
  sitecustomize.py usercustomize.py
`)

const HOOKS =
  /^(?:\.pre-commit-config\.ya?ml|\.?lefthook(?:-local)?\.(?:ya?ml|toml|json)|\.gitlab-ci\.yml|\.travis\.yml|\.drone\.yml|\.?appveyor\.yml|azure-pipelines.*\.ya?ml|bitbucket-pipelines\.yml|cloudbuild\.ya?ml|jenkinsfile|\.aider.*)$/

const MANIFESTS = words(`
  package.json pnpm-workspace.yaml lerna.json turbo.json nx.json deno.json deno.jsonc
  pyproject.toml setup.py setup.cfg tox.ini noxfile.py pipfile cargo.toml build.rs rust-toolchain rust-toolchain.toml
  go.mod go.work conftest.py pytest.ini mypy.ini .mypy.ini .coveragerc .flake8 .pylintrc ruff.toml .ruff.toml
  rustfmt.toml .rustfmt.toml clippy.toml .clippy.toml .golangci.yml .golangci.yaml .golangci.toml
  makefile gnumakefile justfile .justfile taskfile.yml taskfile.yaml rakefile
  biome.json biome.jsonc .oxlintrc.json .oxfmtrc.json .swcrc .editorconfig .node-version .nvmrc .tool-versions
`)

const CONFIGS = new RegExp(
  `^(?:${[
    String.raw`(?:ts|js)config(?:[.\-_].*)?\.json`,
    String.raw`\.?(?:eslint|prettier|stylelint|babel|mocha|nyc|c8|jest|lintstaged|xo|tap|swc|dprint|commitlint)(?:rc|ignore)(?:\..*)?`,
    String.raw`(?:eslint|prettier|stylelint|oxlint|oxfmt|biome|dprint|knip|vitest|vite|jest|playwright|cypress|next|nuxt|astro|svelte|babel|webpack|rollup|rspack|rsbuild|rolldown|tsdown|tsup|esbuild|metro|karma|mocha|ava|c8|nyc|wdio|lint-staged|commitlint)[.\-](?:config|workspace|setup|preset|global-setup)(?:[.\-].*)?`,
    String.raw`vitest\.(?:shims|projects)\..*`,
    String.raw`requirements[^/]*\.(?:txt|in)`,
  ].join('|')})$`,
)

const TEST_FOLDERS = words(`
  test tests __tests__ spec specs e2e cypress playwright fixtures __fixtures__ testdata test-data
  __snapshots__ snapshots __mocks__ mocks
`)

const TEST_FILE =
  /[.\-_](?:test|spec|e2e|cy)\.[a-z]{1,4}$|[.\-_](?:test|spec)-d\.tsx?$|_test\.[a-z]{1,4}$|^test_[^/]*\.py$|^tests?\.[a-z]{1,4}$|\.snap$/
