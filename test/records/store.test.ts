import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import { NO_VOTER_RECORD } from '../../src/core/voter-record.ts'
import { openStore } from '../../src/records/store.ts'
import { candidates, DAY_MS, ended, folderOf, NOW } from './scene.ts'

const memory = () => openStore(':memory:', () => NOW)
const KNOWN = { model: 'small', prompt: 'p1' }

test('what was kept is found again by another who opens the file, by any beginning of its id', (t) => {
  const path = join(folderOf(t), 'data', 'quorum.db')
  {
    using store = openStore(path, () => NOW)
    store.keep(ended('task_abc'))
    store.keep(ended('task_abd'))
    store.keep(ended('task_ab'))
  }
  using store = openStore(path, () => NOW)
  assert.deepEqual(
    store.find('task_abc').map(({ task, place }) => [task, place]),
    [['task_abc', '/somewhere']],
  )
  assert.equal(store.find('task_').length, 3)
  assert.deepEqual(
    store.find('task_ab').map(({ task }) => task),
    ['task_ab'],
  )
  assert.deepEqual(store.find('%'), [])
})

test('a rate counts the last fifty candidates of a model at one kind of task', () => {
  using store = memory()
  store.keep(ended('old', NOW - 2, { outcomes: candidates(Array<string>(30).fill('gate test')) }))
  store.keep(ended('new', NOW - 1, { outcomes: candidates(['verified', 'agreed', 'loop']) }))
  store.keep(ended('other', NOW, { outcomes: candidates(['verified'], 'large') }))
  store.keep(ended('docs', NOW, { kind: 'docs', outcomes: candidates(['verified']) }))
  assert.deepEqual(store.rate('small', 'fix'), { asked: 33, verified: 2 })
  store.keep(ended('more', NOW, { outcomes: candidates(Array<string>(49).fill('verified')) }))
  assert.deepEqual(store.rate('small', 'fix'), { asked: 50, verified: 49 })
  assert.deepEqual(store.rate('large', 'fix'), { asked: 1, verified: 1 })
  assert.deepEqual(store.rate('large', 'docs'), { asked: 0, verified: 0 })
})

test('what does not count and what is old is no part of a rate', () => {
  using store = memory()
  store.keep(ended('a', NOW, { outcomes: candidates(['loop', 'call'], 'small', false) }))
  store.keep(ended('b', NOW - 15 * DAY_MS, { outcomes: candidates(['gate test']) }))
  assert.deepEqual(store.rate('small', 'fix'), { asked: 0, verified: 0 })
})

test('what is learnt of a voter adds up, for each version of the prompt on its own', () => {
  using store = memory()
  const voters = [
    { ...KNOWN, learn: (record: typeof NO_VOTER_RECORD) => ({ ...record, valid: record.valid + 3 }) },
  ]
  store.setVoter(KNOWN, { ...NO_VOTER_RECORD, valid: 40 })
  store.keep(ended('a', NOW, { voters }))
  store.keep(ended('b', NOW, { voters }))
  assert.equal(store.voter(KNOWN).valid, 46)
  assert.deepEqual(store.voter({ ...KNOWN, prompt: 'p2' }), NO_VOTER_RECORD)
})

test('a task is kept as a whole or not at all', () => {
  using store = memory()
  const voters = [
    {
      ...KNOWN,
      learn: () => {
        throw new TypeError('a bug')
      },
    },
  ]
  assert.throws(() => store.keep(ended('a', NOW, { outcomes: candidates(['verified']), voters })), /a bug/)
  assert.deepEqual([store.find('a'), store.rate('small', 'fix').asked], [[], 0])
  store.keep(ended('a'))
  assert.equal(store.find('a').length, 1)
})

test('receipts go after ninety days, and beyond two thousand the oldest', () => {
  using store = memory()
  store.keep(ended('ancient', NOW - 91 * DAY_MS))
  assert.deepEqual(store.find('ancient'), [])
  for (let task = 0; task <= 2_000; task += 1) store.keep(ended(`t${task}`, NOW - 3_000 + task))
  assert.deepEqual(store.find('t0'), [])
  assert.equal(store.find('t1')[0]?.task, 't1')
  assert.equal(store.statistics().tasks[0]?.tasks, 2_000)
})

test('several processes write to one file at once', { timeout: 300_000 }, async (t) => {
  const path = join(folderOf(t), 'quorum.db')
  const store = join(import.meta.dirname, '..', '..', 'src', 'records', 'store.ts')
  const writing = (name: string): Promise<string> => {
    const code = `
      import { openStore } from ${JSON.stringify(store)}
      using store = openStore(${JSON.stringify(path)}, () => ${NOW})
      for (let n = 0; n < 40; n += 1) store.keep({ kind: 'fix', prompt: 'p1', voters: [{ model: 'small', prompt: 'p1',
        learn: (record) => ({ ...record, valid: record.valid + 1 }) }], reviewers: [], outcomes: [],
        receipt: { task: '${name}' + n, endedAt: ${NOW}, place: null, json: '{"status":"verified"}', diff: null } })`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code])
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
    return new Promise((resolve) => child.on('close', () => resolve(said)))
  }
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(writing)), ['', '', ''])
  using opened = openStore(path, () => NOW)
  assert.equal(opened.voter(KNOWN).valid, 120)
  assert.equal(opened.statistics().tasks[0]?.tasks, 120)
})

test('a file that is no store is named, and what to do about it', (t) => {
  const path = join(folderOf(t), 'quorum.db')
  writeFileSync(path, 'no database at all '.repeat(100))
  assert.throws(() => openStore(path, () => NOW), faultLike('bad-request', path, /move it away.*QUORUM_DATA/))
})

test('a file of a newer Quorum is left alone', (t) => {
  const path = join(folderOf(t), 'quorum.db')
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  assert.throws(() => openStore(path, () => NOW), faultLike('bad-request', path, /newer Quorum; update/))
})

test('a folder that cannot be made is named', (t) => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'file'), '')
  const below = join(folder, 'file', 'quorum.db')
  assert.throws(() => openStore(below, () => NOW), faultLike('forbidden', below, /rights and space/))
})

test('a folder that cannot be written is named', (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere')
  const folder = folderOf(t)
  mkdirSync(join(folder, 'closed'))
  chmodSync(join(folder, 'closed'), 0o500)
  const closed = join(folder, 'closed', 'quorum.db')
  assert.throws(() => openStore(closed, () => NOW), faultLike('forbidden', closed, /rights and space/))
})

test('opening the store says nothing on stderr', async (t) => {
  const path = join(folderOf(t), 'quorum.db')
  const store = join(import.meta.dirname, '..', '..', 'src', 'records', 'store.ts')
  const code = `import { openStore } from ${JSON.stringify(store)}\nopenStore(${JSON.stringify(path)}, Date.now)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code])
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const exit = await new Promise((resolve) => child.on('close', resolve))
  assert.deepEqual([exit, said], [0, ''])
})

const faultLike = (fault: string, path: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SwarmError)
  assert.equal(error.fault, fault)
  assert.ok(error.message.includes(path), error.message)
  assert.match(error.message, words)
  return true
}
