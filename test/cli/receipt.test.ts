import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { edit, git, stage, withCoder, write, type Stage } from './child.ts'

/** A project whose one check is that the value is a number. */
const FILES = {
  'package.json': JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'node check.js' } }),
  'value.js': 'export const value = 1\n',
  'check.js': `import { value } from './value.js'\nif (typeof value !== 'number') throw new Error('value is no number')\n`,
}
const SET_TWO = edit('value.js', 'export const value = 1', 'export const value = 2')

const Receipt = z.looseObject({
  task: z.string(),
  sha256: z.string(),
  status: z.string(),
  request: z.string(),
  effort: z.string(),
  gates: z.array(z.looseObject({ gate: z.string(), exitCode: z.number() })),
  tokens: z.looseObject({ byRole: z.record(z.string(), z.looseObject({ ms: z.number() })) }),
})

/** A project in which one task was done; `id` is its id. */
async function done(t: TestContext): Promise<Stage & { id: string; said: string }> {
  const set = await stage(
    t,
    FILES,
    withCoder(() => SET_TWO),
  )
  const { code, stdout, stderr } = await set.quorum(['run', 'Make value 2'])
  assert.equal(code, 0, stderr)
  const [, id] = / · task (task_\w+)/.exec(stdout) ?? []
  assert.ok(id, stdout)
  return { ...set, id, said: stdout }
}

test('of a task that was done', { timeout: 300_000 }, async (t) => {
  const { quorum, id, said, project, folder, models } = await done(t)
  const asked = models.calls.length

  await t.test(
    'the receipt is found by a beginning of its id, and is the one its evidence names',
    async () => {
      const { code, stdout, stderr } = await quorum(['receipt', `chatcmpl-${id.slice(0, 12)}`])
      assert.deepEqual([code, stderr], [0, ''])
      const receipt = Receipt.parse(JSON.parse(stdout))
      assert.deepEqual(
        [receipt.task, receipt.status, receipt.request, receipt.effort],
        [id, 'verified', 'Make value 2', 'medium'],
      )
      assert.ok(said.includes(` · receipt ${receipt.sha256.slice(0, 12)}`), said)
      assert.deepEqual(
        receipt.gates.map(({ gate, exitCode }) => [gate, exitCode]),
        [['test', 0]],
      )
      assert.ok(receipt.tokens.byRole['coder']!.ms > 0)
    },
  )

  await t.test('the patch is the change that was applied', async () => {
    const { stdout } = await quorum(['receipt', '--diff', id])
    await write(folder, { 'change.diff': stdout })
    git(project, ['apply', '--reverse', '--check', join(folder, 'change.diff')])
  })

  await t.test('the checks run again, on the workspace as it is now, and give the same', async () => {
    const { code, stdout, stderr } = await quorum(['verify', id], { cwd: folder })
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /^receipt \w{12}: as it was sealed\n[\s\S]*✓ test: then passed \(exit 0, .*\), now passed \(exit 0, .*\)\nThe same results\.\n$/,
    )
    assert.equal(git(project, ['status', '--short']), ' M value.js\n')
    assert.equal(models.calls.length, asked, 'no model is asked')
  })

  await t.test('other results are told gate by gate, with an exit code of their own', async () => {
    const gates = { test: { command: ['sh', '-c', 'exit 3'] } }
    await write(folder, { 'failing.json': JSON.stringify({ unsafeGates: true, gates }) })
    const env = { QUORUM_CONFIG: join(folder, 'failing.json') }
    const { code, stdout, stderr } = await quorum(['verify', id], { env })
    assert.equal(code, 2, stderr)
    assert.match(stdout, /✗ test: then passed \(exit 0.*now passed \(exit 3, 1 from before/)
    assert.match(stdout, /\nNot the same: test\.\n$/)
  })

  await t.test('stats count what was learnt, as tables and as JSON', async () => {
    const tables = await quorum(['stats'])
    assert.deepEqual([tables.code, tables.stderr], [0, ''])
    assert.match(tables.stdout, /^1 task: 1 verified\n/)
    assert.match(tables.stdout, /\nfast +\S+ +feature +\d +\d +100 %\n/)
    assert.match(tables.stdout, /\ncoder +\d/)
    const json = z.looseObject({ rates: z.array(z.looseObject({ kind: z.string() })) })
    const { rates } = json.parse(JSON.parse((await quorum(['stats', '--json'])).stdout))
    assert.equal(rates[0]?.kind, 'feature')
  })

  await t.test('a patch or a receipt that was changed since is found out', async () => {
    const tamper = (sql: string): void => {
      const database = new DatabaseSync(join(folder, '.local', 'share', 'quorum', 'quorum.db'))
      database.exec(sql)
      database.close()
    }
    tamper("UPDATE receipts SET diff = replace(diff, 'value = 2', 'value = 3')")
    const patch = await quorum(['verify', id])
    assert.equal(patch.code, 1)
    assert.match(patch.stderr, /the patch of task_\w+ is not the one its receipt was written for/)
    tamper(`UPDATE receipts SET json = replace(json, '"exitCode":0', '"exitCode":1')`)
    const receipt = await quorum(['verify', id])
    assert.equal(receipt.code, 1)
    assert.match(receipt.stderr, /the receipt of task_\w+ was changed after it was sealed/)
  })
})

test(
  'a task is done also where its receipt cannot be kept, and that is said',
  { timeout: 300_000 },
  async (t) => {
    const { quorum, folder } = await stage(
      t,
      FILES,
      withCoder(() => SET_TWO),
    )
    await write(folder, { 'a file': '' })
    const env = { QUORUM_DATA: join(folder, 'a file', 'data') }
    const { code, stderr } = await quorum(['run', '--log-level', 'warn', 'Make value 2'], { env })
    assert.equal(code, 0, stderr)
    assert.equal(
      stderr.match(/receipts are kept only until the end of this process: .*a file\/data/g)?.length,
      1,
    )
  },
)

test('where there is no receipt, or no store, that is said', { timeout: 300_000 }, async (t) => {
  const { quorum, folder } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const unknown = await quorum(['receipt', 'task_nowhere'])
  assert.deepEqual([unknown.code, unknown.stdout], [1, ''])
  assert.match(unknown.stderr, /no receipt of a task "task_nowhere" was kept here/)
  const nothing = await quorum(['receipt', 'x'], { env: { QUORUM_DATA: ':memory:' } })
  assert.match(nothing.stderr, /nothing is kept here/)
  await write(folder, { 'data/quorum.db': 'x'.repeat(5_000) })
  const broken = await quorum(['stats'], { env: { QUORUM_DATA: join(folder, 'data') } })
  assert.equal(broken.code, 1)
  assert.match(broken.stderr, /data\/quorum\.db is no store of Quorum's, or is damaged; move it away/)
})
