import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

const HOUSE = join(import.meta.dirname, '..', '..')

test(
  'npm run demo goes as announced, from the request of an SDK to a diff that git takes',
  { timeout: 300_000 },
  async (t) => {
    const temporary = await mkdtemp(join(tmpdir(), 'quorum-demo-test-'))
    t.after(() => rm(temporary, { recursive: true, force: true }))
    // variables that would lead it elsewhere if it listened to them
    const env = {
      ...process.env,
      TMPDIR: temporary,
      // npm keeps what it compiled, in the temporary folder where no other place is named
      ...(process.env['NODE_COMPILE_CACHE'] === undefined && { NODE_DISABLE_COMPILE_CACHE: '1' }),
      LITELLM_URL: 'http://127.0.0.1:1/v1',
      QUORUM_API_KEY: 'not-for-this',
    }
    const child = spawn('npm', ['run', '--silent', 'demo'], {
      cwd: HOUSE,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    t.after(() => child.kill('SIGKILL'))
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])

    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /The models are scripted/)
    for (const seen of [
      /attempt 1 at tier fast/,
      /5 coders start/,
      /rejected, /,
      /typecheck says no/,
      /voter \d: option \d/,
      /reviewer: approve/,
      /escalation from fast to deep/,
      /^```diff$/m,
      /^Evidence: verified · lint, typecheck, test \(\d+ tests\) passed/m,
    ]) {
      assert.match(stdout, seen)
    }
    assert.doesNotMatch(stdout, /✗/)
    assert.match(stdout, /All of it as announced/)
    assert.deepEqual(await readdir(temporary), [])
  },
)
