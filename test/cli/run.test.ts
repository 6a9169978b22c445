import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { edit, git, stage, until, withCoder, write } from './child.ts'

/** A project whose one check is quick: the value must stay a number. */
const FILES = {
  'package.json': JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'node check.js' } }),
  'value.js': 'export const value = 1\n',
  'check.js': `import { value } from './value.js'\nif (typeof value !== 'number') throw new Error('value is no number')\n`,
}
const SET_TWO = edit('value.js', 'export const value = 1', 'export const value = 2')
const SET_TEXT = edit('value.js', 'export const value = 1', `export const value = 'two'`)
const QUICK = { timeout: 300_000 }

const Report = z.object({
  task: z.string(),
  status: z.string(),
  description: z.string(),
  applied: z.boolean(),
  savedTo: z.string().nullable(),
  diff: z.string().nullable(),
  receipt: z.object({ patchSha256: z.string().nullable() }),
})
const reports = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => Report.parse(JSON.parse(line)))

test(
  'a verified patch lands in the working tree, beside what was being worked on, and not in the index',
  QUICK,
  async (t) => {
    const { project, folder, quorum } = await stage(
      t,
      FILES,
      withCoder(() => SET_TWO),
    )
    await write(project, { 'notes.txt': 'half a thought' })
    const { code, stdout, stderr } = await quorum(['run', 'Make value 2'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /passed the project's own test[\s\S]*```diff[\s\S]*Evidence: [\s\S]*Applied to /)
    assert.match(stderr, /\d\.\d s {2}attempt 1 at tier fast/)
    assert.equal(await readFile(join(project, 'value.js'), 'utf8'), 'export const value = 2\n')
    assert.equal(git(project, ['status', '--short']), ' M value.js\n?? notes.txt\n')
    assert.deepEqual(await readdir(join(folder, 'cache')), [])
  },
)

test('a dry run prints a patch that git takes, and changes nothing', QUICK, async (t) => {
  const { project, folder, quorum } = await stage(
    t,
    FILES,
    withCoder(() => SET_TWO),
  )
  const { code, stdout } = await quorum(['run', '--dry-run', 'Make value 2'])
  assert.equal(code, 0)
  assert.equal(git(project, ['status', '--short']), '')
  await writeFile(join(folder, 'p.diff'), stdout)
  git(project, ['apply', join(folder, 'p.diff')])
  assert.equal(git(project, ['status', '--short']), ' M value.js\n')
})

test('a batch runs in order, each task on the tree the one before left', QUICK, async (t) => {
  const script = withCoder((prompt) =>
    prompt.includes('Make value 3')
      ? edit('value.js', 'export const value = 2', 'export const value = 3')
      : SET_TWO,
  )
  const { project, folder, quorum } = await stage(t, FILES, script)
  const tasks = [{ description: 'Make value 2' }, { description: 'Make value 3', filesOwned: ['value.js'] }]
  await writeFile(join(folder, 'tasks.jsonl'), tasks.map((task) => JSON.stringify(task)).join('\n'))
  const { code, stdout, stderr } = await quorum(['run', '--json', '--file', join(folder, 'tasks.jsonl')])
  assert.equal(code, 0, stderr)
  assert.deepEqual(
    reports(stdout).map(({ status, description, applied }) => ({ status, description, applied })),
    tasks.map(({ description }) => ({ status: 'verified', description, applied: true })),
  )
  assert.equal(await readFile(join(project, 'value.js'), 'utf8'), 'export const value = 3\n')
})

test(
  'a task as JSON on stdin; what nobody could do is left alone, and the exit code says so',
  QUICK,
  async (t) => {
    const { project, quorum } = await stage(
      t,
      FILES,
      withCoder(() => SET_TEXT),
    )
    const input = JSON.stringify({ description: 'Make value two', filesOwned: ['value.js'] })
    const { code, stdout } = await quorum(['run', '--json'], { input })
    assert.equal(code, 2)
    const [report] = reports(stdout)
    assert.deepEqual([report?.status, report?.applied, report?.savedTo], ['abstained', false, null])
    assert.equal(git(project, ['status', '--short']), '')
  },
)

test('a patch that does not fit any more is saved beside, and the user told where', QUICK, async (t) => {
  let touched = false
  const place: { project: string } = { project: '' }
  const { project, quorum } = await stage(
    t,
    FILES,
    withCoder(async () => {
      // the user goes on typing while the swarm is at work
      if (!touched) await write(place.project, { 'value.js': 'export const value = 7\n' })
      touched = true
      return SET_TWO
    }),
  )
  place.project = project
  const { code, stdout } = await quorum(['run', 'Make value 2'])
  assert.equal(code, 1)
  const saved = /^Saved as (.+)$/m.exec(stdout)?.[1] ?? assert.fail(stdout)
  assert.match(stdout, /does not fit the working tree any more/)
  assert.match(await readFile(saved, 'utf8'), /\+export const value = 2/)
  assert.equal(await readFile(join(project, 'value.js'), 'utf8'), 'export const value = 7\n')
})

test('without a check nothing is proven, so nothing is applied', QUICK, async (t) => {
  const files = { ...FILES, 'package.json': '{"name":"p","type":"module"}' }
  const { project, quorum } = await stage(
    t,
    files,
    withCoder(() => SET_TWO),
  )
  const { code, stdout } = await quorum(['run', 'Make value 2'])
  assert.equal(code, 2)
  assert.match(stdout, /Unverified[\s\S]*Saved as/)
  assert.equal(git(project, ['status', '--short']), '')
})

test('an upstream that is down is told at once, with what to do', QUICK, async (t) => {
  const { models, folder, quorum } = await stage(
    t,
    FILES,
    withCoder(() => SET_TWO),
  )
  await models.close()
  const file = join(folder, 'down.json')
  await writeFile(file, JSON.stringify({ upstream: { url: models.url } }))
  const { code, stdout, stderr } = await quorum(['run', '--config', file, 'Make value 2'], {
    env: { LITELLM_URL: '' },
  })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^quorum: nothing answers at http:\/\/127\.0\.0\.1:\d+\/v1[\s\S]*start LiteLLM/)
  assert.doesNotMatch(stderr, /\n {4}at /)
})

test('what cannot be read as tasks is told by its place', QUICK, async (t) => {
  const { quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const told = async (input: string) => {
    const { code, stderr } = await quorum(['run'], { input })
    assert.equal(code, 1)
    return stderr
  }
  assert.match(await told(''), /stdin is empty; expected \{"description"/)
  assert.match(await told('{"description":"a"}\nnonsense'), /line 2 is not JSON/)
  assert.match(await told('[{"description":"a"},{"descripton":"b"}]'), /task 2: .*descripton/s)
})

test('an interrupt cancels the task, clears up, and exits with 130', QUICK, async (t) => {
  const never = new Promise<string>(() => {})
  const { project, folder, models, start } = await stage(
    t,
    FILES,
    withCoder(() => never),
  )
  const child = start(['run', 'Make value 2'])
  await until(() => models.calls.some(({ text }) => text.includes('# Role: coder')))
  child.process.kill('SIGINT')
  const { code, stderr } = await child.ended
  assert.equal(code, 130)
  assert.match(stderr, /cancelled: interrupted/)
  assert.equal(git(project, ['status', '--short']), '')
  assert.deepEqual(await readdir(join(folder, 'cache')), [])
  await until(() => models.open() === 0)
})

test('in production the story is on stderr as JSON lines, the result alone on stdout', QUICK, async (t) => {
  const { quorum } = await stage(
    t,
    FILES,
    withCoder(() => SET_TWO),
  )
  const { code, stdout, stderr } = await quorum(['run', '--json', 'Make value 2'], {
    env: { NODE_ENV: 'production' },
  })
  assert.equal(code, 0)
  assert.equal(reports(stdout).length, 1)
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => z.object({ event: z.string() }).parse(JSON.parse(line)).event)
  assert.deepEqual([events[0], events.at(-1)], ['task_created', 'task_complete'])
})
