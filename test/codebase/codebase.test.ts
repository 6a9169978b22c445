import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bestInTime } from '../../src/codebase/best-in-time.ts'
import { createCodebase, type CodebaseOptions } from '../../src/codebase/codebase.ts'
import { findRipgrep, GIT_GREP, searchWith } from '../../src/codebase/search-map.ts'
import { makeRepository } from '../support/repository.ts'

const never = new AbortController().signal
const FILES = {
  'src/cart.ts':
    "import { priceOf } from './price.ts'\nexport function totalOf(items) { return priceOf(items) }\n",
  'src/price.ts': 'export function priceOf(items) { return 1 }\n',
  'docs/shop.md': '# Shop\n',
}
const WISH = { request: 'priceOf is wrong', open: [], tokens: 500 }

async function scene(t: TestContext, options: Partial<CodebaseOptions> = {}) {
  const project = await makeRepository(FILES, { git: false })
  const troubles: unknown[] = []
  const codebase = createCodebase({
    look: async () => ({ root: project.path, paths: Object.keys(FILES), read: async () => undefined }),
    cacheFolder: null,
    waitMs: 120_000,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    onTrouble: (error) => troubles.push(error),
    ...options,
  })
  t.after(async () => {
    await codebase.close()
    await project[Symbol.asyncDispose]()
  })
  return { codebase, project, troubles }
}

test('a workspace has a map: what is meant first, with its lines', async (t) => {
  const { codebase, troubles } = await scene(t)
  const map = await codebase.map('app', WISH, never)
  assert.equal(map?.by, 'symbols')
  assert.deepEqual(map.files[0], {
    path: 'src/price.ts',
    text: '``` src/price.ts\n1| export function priceOf(items)\n```',
  })
  assert.deepEqual(troubles, [])
})

test('nobody waits longer than he is ready to, and the next finds it ready', async (t) => {
  let isPatient = false
  const clock = {
    now: () => 0,
    sleep: (_: number, signal: AbortSignal) =>
      isPatient ? sleep(120_000, undefined, { signal }) : Promise.resolve(),
  }
  const { codebase } = await scene(t, { clock })
  assert.equal(await codebase.map('app', WISH, never), null)
  isPatient = true
  assert.equal((await codebase.map('app', WISH, never))?.by, 'symbols')
})

test('what goes wrong is told, and the map is there all the same', async (t) => {
  const { codebase, project, troubles } = await scene(t)
  // no folder can be made below a file
  const options = { cacheFolder: join(project.path, 'docs/shop.md/maps') }
  const other = await scene(t, options)
  assert.equal((await other.codebase.map('app', WISH, never))?.by, 'symbols')
  // the map does not wait for what is kept after it
  while (other.troubles.length === 0) await sleep(10)
  assert.match(String(other.troubles[0]), /ENOTDIR/)

  const broken = await scene(t, { look: () => Promise.reject(new Error('no such folder')) })
  assert.equal(await broken.codebase.map('app', WISH, never), null)
  assert.match(String(broken.troubles[0]), /no such folder/)
  assert.equal((await codebase.map('app', WISH, never))?.by, 'symbols')
  assert.deepEqual(troubles, [])
})

test('a question that is given up while another is read for ends at once, and disturbs nobody', async (t) => {
  const { codebase, troubles } = await scene(t)
  const cancel = new AbortController()
  const first = codebase.map('app', WISH, never)
  const second = codebase.map('app', { ...WISH, request: 'totalOf' }, cancel.signal)
  cancel.abort(new Error('gone'))
  await assert.rejects(second, /gone/)
  assert.equal((await first)?.by, 'symbols')
  assert.equal((await codebase.map('app', WISH, never))?.by, 'symbols')
  assert.deepEqual(troubles, [])
})

test('an abort ends the question, and closing ends what is still being read, without a word of trouble', async (t) => {
  const { codebase, troubles } = await scene(t)
  const cancel = new AbortController()
  const asked = codebase.map('app', WISH, cancel.signal)
  cancel.abort(new Error('gone'))
  await assert.rejects(asked, /gone/)
  const open = codebase.map('app', WISH, never)
  await codebase.close()
  assert.notEqual((await open)?.by, 'symbols')
  assert.deepEqual(troubles, [])
})

test('the better answer is taken as long as it is in time, then the quicker one', async () => {
  const open = Promise.withResolvers<null>()
  const pending = new Promise<string | null>(() => {})
  const is = async (value: string | null): Promise<string | null> => value
  assert.equal(await bestInTime(is('better'), is('quick'), open.promise), 'better')
  assert.equal(await bestInTime(is(null), is('quick'), open.promise), 'quick')
  assert.equal(await bestInTime(pending, is('quick'), Promise.resolve(null)), 'quick')
  assert.equal(await bestInTime(pending, pending, Promise.resolve(null)), null)
})

for (const [name, find] of [
  ['ripgrep', findRipgrep],
  ['git', async () => GIT_GREP],
] as const) {
  test(`a search by ${name} finds what declares the words of a request, and only what may be shown`, async (t) => {
    const program = await find()
    if (!program) return t.skip('ripgrep is not installed for this kind of machine')
    await using project = await makeRepository(
      { ...FILES, 'src/a.pem': 'function priceOf() {}\n', 'src/hidden.ts': 'function priceOf() {}\n' },
      { git: false },
    )
    const paths = [...Object.keys(FILES), 'src/a.pem']
    const search = { root: project.path, paths, request: 'priceOf (is) [wrong', tokens: 500 }
    const map = await searchWith(program, search, never)
    assert.deepEqual(map?.files, [
      { path: 'src/price.ts', text: '``` src/price.ts\n1| export function priceOf(items) { return 1 }\n```' },
    ])
    assert.equal(await searchWith(program, { ...search, request: 'nothingOfTheKind' }, never), null)
    assert.equal(await searchWith(program, { ...search, request: '…' }, never), null)
  })
}

test('texts are read whoever holds them, and names are found in the workspace as it is now', async (t) => {
  const { codebase, troubles } = await scene(t)
  const content = 'export function cost(item) {\n  return item.price\n}\n'
  const [symbols] = (await codebase.symbols([{ path: 'src/cost.ts', content }], never)) ?? []
  assert.deepEqual(
    symbols?.definitions.map(({ name, line, end }) => [name, line, end]),
    [['cost', 1, 3]],
  )
  const [price] = (await codebase.find('app', ['priceOf'], never)) ?? []
  assert.deepEqual(
    price?.definitions.map(({ path }) => path),
    ['src/price.ts'],
  )
  assert.deepEqual(price?.uses, [{ path: 'src/cart.ts', lines: [1, 2] }])
  assert.deepEqual(troubles, [])
})
