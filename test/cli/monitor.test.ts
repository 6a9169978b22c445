import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/records/store.ts'
import { stage, until, withCoder } from './child.ts'

test(
  'the monitor shows what is booked, and while it watches what comes after',
  { timeout: 300_000 },
  async (t) => {
    const { folder, start, quorum } = await stage(
      t,
      { 'a.js': '1\n' },
      withCoder(() => ''),
    )
    const env = { QUORUM_DATA: join(folder, 'data') }
    const empty = await quorum(['monitor'], { env })
    assert.equal(empty.code, 0, empty.stderr)
    assert.match(empty.stdout, /No model was asked in the last 7 days/)

    const watching = start(['monitor', '--watch', '--json', '--days', '1'], { env })
    await watching.says('"sums":[]')
    using store = openStore(join(folder, 'data', 'quorum.db'), Date.now)
    const usage = { promptTokens: 2_000_000, completionTokens: 0, estimated: false, ms: 10 }
    const call = {
      at: Date.now(),
      task: 't1',
      stage: 'coder',
      tier: 'fast',
      model: 'small',
      ...usage,
    } as const
    store.ledger.write([{ ...call, place: 'local' }])
    await watching.says('"saved":6')
    store.ledger.write([{ ...call, place: 'cloud' }])
    await watching.says('"paid":6')
    watching.process.kill('SIGINT')
    assert.equal((await watching.ended).code, 0)
    await until(() => watching.process.exitCode !== null)

    const { stdout } = await quorum(['monitor', '--days', '2'], { env })
    assert.match(stdout, /Saved, by estimate: \$6\.00 of the \$12\.00/)
  },
)
