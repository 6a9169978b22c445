import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import OpenAI from 'openai'
import { z } from 'zod'
import { startServer } from '../../src/cli/server.ts'
import { loadConfig } from '../../src/config.ts'
import { choose } from '../../src/embedded/installation.ts'
import { createLastResort } from '../../src/embedded/last-resort.ts'
import { detectTiers } from '../../src/models/finding/detect.ts'
import { llamaPackage, never, runtimeOptions, startEmbedded, tinyInstallation } from '../support/embedded.ts'
import { freePort } from '../support/llama-folder.ts'
import { ALL, LONG } from '../support/long.ts'
import { makeRepository } from '../support/repository.ts'

const FILES = {
  'src/add.js': 'export const add = (left, right) => left - right\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}

test('with the worst model in the world a task ends, and honestly', { timeout: 900_000 }, async (t) => {
  if (!ALL) return t.skip(LONG)
  const llama = await llamaPackage()
  if ('why' in llama) return t.skip(`no node-llama-cpp: ${llama.why}`)
  const runtime = await startEmbedded(t, await tinyInstallation(t, llama.folder), { window: 5_120 })
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const file = join(cache, 'quorum.config.json')
  const limits = { attempts: 1, attemptsPerTier: 1, patience: 0, patienceMs: 0 }
  // each of them goes on until its window is full
  await writeFile(file, JSON.stringify({ limits, tiers: { fast: { seats: 2 } } }))
  const config = loadConfig({
    overrides: {
      config: file,
      port: '0',
      workspace: [`app=${repository.path}`],
      logLevel: 'silent',
      unsafeGates: true,
    },
    cwd: repository.path,
    env: {
      LITELLM_URL: runtime.url,
      LITELLM_API_KEY: runtime.apiKey,
      QUORUM_CACHE: cache,
      QUORUM_DATA: ':memory:',
    },
  })
  await using server = await startServer(config, never)
  const quorum = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0, timeout: 800_000 })
  const messages = [{ role: 'user' as const, content: 'Fix add in src/add.js: it subtracts' }]
  const answer = await quorum.chat.completions.create({ model: 'quorum', messages })
  const text = answer.choices[0]?.message.content ?? ''
  assert.match(text, /^Nothing passed, so there is no change to recommend/)
  assert.match(text, /Evidence: abstained/)
  assert.doesNotMatch(text, /```diff/)
  assert.equal(await readFile(join(repository.path, 'src/add.js'), 'utf8'), FILES['src/add.js'])
  const calls = await callsOf(server.url, text)
  assert.ok(calls.some(({ role }) => role === 'planner') && calls.some(({ role }) => role === 'coder'))
  for (const { status, error } of calls) assert.equal(status, 'ok', String(error))
})

const Completed = z.object({
  type: z.literal('model_call_complete'),
  role: z.string(),
  status: z.string(),
  error: z.string().nullable(),
})

/** The calls of the task whose evidence stands under an answer. */
async function callsOf(url: string, text: string) {
  const id = /task (task_[0-9a-f]+)/.exec(text)?.[1]
  const story = await (await fetch(`${url}/api/task/${id}/events`)).text()
  return story.split('\n').flatMap((line) => {
    const entry = line.startsWith('data: ') ? Completed.safeParse(JSON.parse(line.slice(6)).event) : null
    return entry?.success ? [entry.data] : []
  })
}

test('with no server at all the installed model takes every role', { timeout: 300_000 }, async (t) => {
  const llama = await llamaPackage()
  if ('why' in llama) return t.skip(`no node-llama-cpp: ${llama.why}`)
  const { folder, model, packageFolder } = await tinyInstallation(t, llama.folder)
  const dir = join(folder, 'embedded')
  await mkdir(dir)
  await symlink(packageFolder, join(dir, basename(packageFolder)))
  const nowhere = `http://127.0.0.1:${await freePort()}/v1`
  const config = loadConfig({ overrides: {}, cwd: folder, env: { LITELLM_URL: nowhere } })
  const look = async () => {
    await using embedded = createLastResort(dir, runtimeOptions())
    return detectTiers(config, { places: [], embedded: embedded.start }, never)
  }
  const before = await look()
  assert.deepEqual(
    [before.found, before.notes.at(-1)],
    [null, 'or have a small model brought that runs inside Quorum: quorum models install'],
  )

  await choose(dir, { model, name: 'tiny' })
  const { tiers, found, notes, known } = await look()
  assert.deepEqual(
    Object.values(tiers).map(({ model }) => model),
    ['tiny', 'tiny', 'tiny'],
  )
  assert.deepEqual(
    [found?.models, known.fast?.window, known.fast?.slots, known.fast?.structured],
    [['tiny'], 2_048, 5, 'grammar'],
  )
  assert.match(notes[0] ?? '', /nothing answers at .*; using the installed model instead/)

  await writeFile(model, '<html>not found</html>')
  const broken = await look()
  assert.equal(broken.found, null)
  assert.match(broken.notes[1] ?? '', /tiny\.gguf cannot be served: .*GGUF.*quorum models install/)
})
