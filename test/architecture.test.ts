import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const SRC = join(import.meta.dirname, '..', 'src')

type Import = { file: string; room: string; from: string; typeOnly: boolean }
type Source = { file: string; room: string; text: string; imports: Import[] }

/** Which rooms a room may enter, besides itself. `type:` means that only types may be taken from there. */
const DOORS: Record<string, string> = {
  core: '',
  cascade: 'core abortable',
  tasks: 'core cascade abortable',
  api: 'core type:cascade tasks abortable',
  models: 'core type:cascade slots config',
  media: 'core',
  workspace: 'core type:cascade slots config abortable',
  codebase: 'core type:cascade slots config workspace private-paths',
  records: 'core type:cascade tasks',
  llama: 'core config-check models workspace',
  embedded: 'core models slots workspace',
  slots: 'abortable',
  abortable: '',
  'private-paths': '',
  secrets: '',
  'config-check': 'core',
  served: 'core type:config',
  config: 'core type:cascade config-check served',
  'config-draft': 'core config config-check',
  logging: 'core secrets',
  home: 'core type:cascade models private-paths type:config type:logging',
  wire: 'core cascade tasks api models media workspace records codebase embedded slots config logging served home package.json',
  cli: 'core cascade tasks llama embedded models workspace records codebase config config-draft served wire type:api type:logging',
  main: 'core cli type:config package.json',
}

/** The one place each package comes in by. Types of a package may be named elsewhere. */
const PACKAGES: Record<string, RegExp> = {
  zod: /./,
  hono: /^api\//,
  '@hono/node-server': /^(?:cli\/listen|api\/outlet)\.ts$/,
  openai: /^models\//,
  'eventsource-parser': /^models\//,
  undici: /^(?:models|media)\//,
  'oxc-minify': /^workspace\/normal-form\/script-form\.ts$/,
  'oxc-transform': /^workspace\/normal-form\/script-form\.ts$/,
  'oxc-parser': /^workspace\/(?:syntax\/first-mistake|normal-form\/script-form)\.ts$/,
  'jsonc-parser': /^(?:workspace\/(?:syntax\/json-syntax|normal-form\/json-form)|config-draft)\.ts$/,
  'fast-xml-parser': /^workspace\/reports\//,
  execa: /^workspace\/shell\.ts$/,
  pino: /^logging\.ts$/,
  'pino-pretty': /^logging\.ts$/,
  'web-tree-sitter': /^codebase\/read-symbols\.ts$/,
  '@vscode/ripgrep': /^codebase\/search-map\.ts$/,
  minisearch: /^codebase\/tools\/documentation\.ts$/,
  '@modelcontextprotocol/server': /^(?:api\/mcp\/|cli\/mcp\.ts)/,
  'async-mutex': /^slots\.ts$/,
  commander: /^main\.ts$/,
}

const sources = globSync('**/*.ts', { cwd: SRC }).map(read)

test('there is something to look at', () => {
  assert.ok(sources.length > 50)
  assert.ok(sources.flatMap(({ imports }) => imports).length > 200)
})

test('a room enters only the rooms it has a door to', () => {
  const trespasses = sources
    .flatMap(({ imports }) => imports)
    .filter(({ from }) => from.startsWith('.'))
    .filter((entry) => !mayEnter(entry))
    .map(({ file, from }) => `${file} imports ${from}`)
  assert.deepEqual(trespasses, [])
})

test('every room has its doors written down', () => {
  const rooms = new Set(sources.map(({ room }) => room))
  assert.deepEqual(
    [...rooms].filter((room) => DOORS[room] === undefined),
    [],
  )
})

test('a package comes in by one door', () => {
  const smuggled = packageImports()
    .filter(({ typeOnly }) => !typeOnly)
    .filter(({ file, from }) => !PACKAGES[packageOf(from)]?.test(file))
    .map(({ file, from }) => `${file} imports ${from}`)
  assert.deepEqual(smuggled, [])
})

test('the rules know no world: core imports zod and nothing else, and never waits', () => {
  const core = sources.filter(({ room }) => room === 'core')
  const foreign = core.flatMap(({ imports }) => imports).filter(({ from }) => !/^\.|^zod$/.test(from))
  assert.deepEqual(foreign, [])
  assert.deepEqual(files(core, /\bawait\s+[\w(]|\basync\s*(?:function|\()|\bPromise[.<]/), [])
})

test('the cascade does no input or output itself', () => {
  const cascade = sources.filter(({ room }) => room === 'cascade')
  assert.deepEqual(
    cascade.flatMap(({ imports }) => imports).filter(({ from }) => !from.startsWith('.')),
    [],
  )
})

test('rules and cascade read no clock and throw no dice', () => {
  const pure = sources.filter(({ room }) => ['core', 'cascade', 'tasks'].includes(room))
  assert.deepEqual(
    files(
      pure,
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bAbortSignal\.timeout\b|\bMath\.random\b|\brandomUUID\b/,
    ),
    [],
  )
})

test('what outlives a task is written down in one room', () => {
  const keepers = sources.filter(({ imports }) => imports.some(({ from }) => from === 'node:sqlite'))
  assert.deepEqual([...new Set(keepers.map(({ room }) => room))], ['records'])
})

test('only the configuration reads the environment', () => {
  assert.deepEqual(files(sources, /\bprocess\.env\b|\bprocess\[['"]env/), ['config.ts'])
})

test('nothing is exported by default or passed on from elsewhere', () => {
  assert.deepEqual(files(sources, /^export default\b|^export (?:type )?(?:\*|\{[^}]*\}) from\b/m), [])
})

test('no file or folder is a drawer for everything', () => {
  const drawers = sources
    .map(({ file }) => file)
    .filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|index)\b/.test(file))
  assert.deepEqual(drawers, [])
})

function read(file: string): Source {
  const text = withoutComments(readFileSync(join(SRC, file), 'utf8'))
  const room = file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')
  const statements = text.matchAll(/^\s*(import|export)\s+(type\s)?[^'"();]*?from\s+['"]([^'"]+)['"]/gm)
  const bare = text.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm)
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)
  return {
    file,
    room,
    text,
    imports: [
      ...Array.from(statements, ([, , type, from = '']) => ({
        file,
        room,
        from,
        typeOnly: type !== undefined,
      })),
      ...Array.from([...bare, ...dynamic], ([, from = '']) => ({ file, room, from, typeOnly: false })),
    ],
  }
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
}

function mayEnter({ file, room, from, typeOnly }: Import): boolean {
  const target = roomOf(file, from)
  // the demo plays its models with the tests' own server
  if (file === 'cli/demo.ts' && from.endsWith('test/support/scripted-models.ts')) return true
  if (target === room) return true
  const doors = (DOORS[room] ?? '').split(' ')
  return doors.includes(target) || (typeOnly && doors.includes(`type:${target}`))
}

/** The room a relative import leads to. */
function roomOf(file: string, from: string): string {
  const path = join('src', file, '..', from)
  if (!path.startsWith('src/')) return path
  const inside = path.slice('src/'.length)
  return inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : inside.replace(/\.ts$/, '')
}

const packageImports = (): Import[] =>
  sources.flatMap(({ imports }) => imports).filter(({ from }) => !/^\.|^node:/.test(from))

const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')

const files = (among: readonly Source[], pattern: RegExp): string[] =>
  among.filter(({ text }) => pattern.test(text)).map(({ file }) => file)
