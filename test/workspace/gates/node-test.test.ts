import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatesOf } from './facts-of.ts'
import { project } from './run-here.ts'

const TESTS = `import test from 'node:test'\ntest('adds', () => { throw new Error('boom') })\ntest('is fine', () => {})\n`

for (const [runner, scripts] of [
  ['node --run', { test: 'node --test' }],
  ['npm run', { pretest: 'node -e 0', test: 'node --test' }],
] as const) {
  test(`the report of Node's own tests is written under ${runner}, and a human still reads the results`, async (t) => {
    const manifest = JSON.stringify({ type: 'module', scripts })
    const files = { 'package.json': manifest, 'a.test.js': TESTS }
    const { run } = await project(t, files)
    const { exitCode, output, report } = await run(gatesOf(files)[0])
    assert.equal(exitCode, 1)
    assert.match(output, /✖ adds/)
    assert.match(report ?? '', /<testcase name="adds"[^>]*failure="boom"/)
    assert.match(report ?? '', /<testcase name="is fine"/)
  })
}
