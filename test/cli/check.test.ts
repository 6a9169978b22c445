import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { git, stage, withCoder } from './child.ts'

const FILES = {
  'package.json': '{"name":"p","type":"module","scripts":{"test":"node check.js"}}',
  'value.js': 'export const value = 1\n',
  'check.js': `import { value } from './value.js'\nif (typeof value !== 'number') throw new Error('value is no number')\n`,
}
const patch = (value: string): string =>
  `--- a/value.js\n+++ b/value.js\n@@ -1 +1 @@\n-export const value = 1\n+export const value = ${value}\n`

test(
  'a patch is judged by the project, no model is asked, and nothing is changed',
  { timeout: 300_000 },
  async (t) => {
    const { project, folder, models, quorum } = await stage(
      t,
      FILES,
      withCoder(() => ''),
    )
    const good = await quorum(['check'], { input: patch('2') })
    assert.equal(good.code, 0, good.stderr)
    assert.equal(JSON.parse(good.stdout).success, true)

    await writeFile(join(folder, 'bad.diff'), patch(`'two'`))
    const bad = await quorum(['check', '--workspace', project, join(folder, 'bad.diff')], { cwd: folder })
    assert.equal(bad.code, 2)
    const { success, errors, logs } = JSON.parse(bad.stdout)
    assert.equal(success, false)
    assert.match(String(errors), /test/)
    assert.match(logs, /value is no number/)

    assert.deepEqual([models.calls.length, git(project, ['status', '--short'])], [0, ''])
  },
)

test(
  'a patch that does not apply is no success, and one that is not there is an error',
  { timeout: 300_000 },
  async (t) => {
    const { quorum } = await stage(
      t,
      FILES,
      withCoder(() => ''),
    )
    const stray = await quorum(['check'], { input: patch('2').replaceAll('value = 1', 'other = 1') })
    assert.equal(stray.code, 2)
    assert.equal(JSON.parse(stray.stdout).success, false)
    const none = await quorum(['check'])
    assert.deepEqual([none.code, none.stderr], [1, 'quorum: the patch is empty\n'])
    const missing = await quorum(['check', 'nowhere.diff'])
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /^quorum: .*nowhere\.diff cannot be read/)
  },
)
