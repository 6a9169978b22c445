import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { edit, stage, withCoder } from './cli/child.ts'
import type { RecordedCall } from './support/scripted-models.ts'

const FILES = {
  'package.json': '{"name":"p","scripts":{"test":"node check.js"}}',
  'check.js': "if (require('./a.js') > 2) throw new Error('it is too much')\n",
  'a.js': 'module.exports = 1\n',
}

test(
  'where calls follow one another, no two are open at once, and the first change that holds is the last asked for',
  { timeout: 300_000 },
  async (t) => {
    const replies = ['module.exports = 3', 'module.exports = 2']
    const script = withCoder(() =>
      edit('a.js', 'module.exports = 1', replies.shift() ?? 'module.exports = 4'),
    )
    const { models, folder, quorum } = await stage(t, FILES, async (call) => {
      // there is one slot, and no queue
      if (models.open() > 1) return { kind: 'status', status: 503 }
      const reply = await script(call)
      return reply.kind === 'text' ? { ...reply, delayMs: 50 } : reply
    })
    const limits = { patienceMs: 100, patience: 0 }
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({ limits, unsafeGates: true, sequential: 'on' }),
    )
    const { code, stdout, stderr } = await quorum(['run', '--json', 'let a.js export 2'])
    assert.equal(code, 0, stdout + stderr)
    assert.equal(JSON.parse(stdout).status, 'verified', stdout)
    const roleOf = ({ text }: RecordedCall) => /# Role: (\w+)/.exec(text)?.[1]
    const asked = models.calls.map((call) => `${roleOf(call)} ${call.model}`)
    assert.deepEqual(asked, [
      'planner fast-coder',
      'coder fast-coder',
      'coder fast-coder',
      'reviewer reviewer',
    ])
    assert.ok(models.calls.every(({ outcome }) => outcome === 'complete'))
    for (const [index, call] of models.calls.entries())
      assert.ok(index === 0 || models.calls[index - 1]!.endedAt! <= call.startedAt)
  },
)
