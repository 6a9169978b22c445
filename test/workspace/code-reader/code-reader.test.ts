import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { askCodeReader } from '../../../src/workspace/code-reader/code-reader.ts'

const never = new AbortController().signal
const ask = (files: Readonly<Record<string, string>>, signal = never) =>
  askCodeReader(
    { about: 'mistakes', files: Object.entries(files).map(([path, content]) => ({ path, content })) },
    signal,
  )

const hostile = '['.repeat(100_000)

test('one reader answers one question after the other', { skip: noProc() }, async () => {
  await ask({ 'a.ts': 'let a' })
  const first = await readers(process.pid)
  assert.equal(first.length, 1)
  assert.equal((await ask({ 'b.ts': 'let = = 1' })).length, 1)
  assert.deepEqual(await readers(process.pid), first)
})

test('a file that ends the reader takes no other question with it', async () => {
  const [before, ended, after] = await Promise.all([
    ask({ 'a.ts': 'let = = 1' }),
    ask({ 'b.ts': 'let = = 1', 'hostile.ts': hostile, 'never.ts': 'let = = 1' }),
    ask({ 'c.ts': 'let = = 1' }),
  ])
  assert.deepEqual([before.length, ended.length, after.length], [1, 1, 1])
  assert.equal((await ask({ 'd.ts': 'let = = 1' })).length, 1)
})

test('a reader that was ended while it rested is not asked again', { skip: noProc() }, async () => {
  await ask({ 'a.ts': 'let a' })
  for (const id of await readers(process.pid)) process.kill(Number(id), 'SIGKILL')
  while ((await readers(process.pid)).length > 0) await sleep(20)
  assert.equal((await ask({ 'b.ts': 'let = = 1' })).length, 1)
})

test('a question that nobody waits for any more ends its reader, and the next one is answered', async () => {
  const gone = new AbortController()
  const asked = ask({ 'a.ts': 'let a = 1\n'.repeat(90_000) }, gone.signal)
  gone.abort(new Error('gone'))
  await assert.rejects(asked, /gone/)
  assert.equal((await ask({ 'b.ts': 'let = = 1' })).length, 1)
})

test('a reader at rest keeps nobody from ending, and ends with them', { skip: noProc() }, async () => {
  const module = join(import.meta.dirname, '../../../src/workspace/code-reader/code-reader.ts')
  const program = `
    import { readdirSync, readFileSync } from 'node:fs'
    const { askCodeReader } = await import(${JSON.stringify(module)})
    await askCodeReader({ about: 'mistakes', files: [{ path: 'a.ts', content: 'let a' }] }, new AbortController().signal)
    const own = readdirSync('/proc').filter((id) => /^[0-9]+$/.test(id)).filter((id) => {
      try { return readFileSync('/proc/' + id + '/cmdline', 'utf8').includes('read-code') &&
        readFileSync('/proc/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[1] === String(process.pid) } catch { return false }
    })
    console.log(own.join(' '))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  const [reader] = stdout.trim().split(' ')
  assert.match(reader ?? '', /^\d+$/)
  while (existsSync(`/proc/${reader}`)) await sleep(20)
})

function noProc(): string | false {
  return existsSync('/proc/self/stat') ? false : 'there is no /proc to see processes in'
}

/** The readers that a process has started. */
async function readers(parent: number): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async (id) => {
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
      const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')
      const of = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return of === parent && command.includes('code-reader/read-code') ? [id] : []
    }),
  )
  return found.flat()
}
