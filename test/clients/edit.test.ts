import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { ASK, FIXED, openScene } from './scene.ts'

/** A folder into which these clients were installed, by npm for one. */
const CLIENTS = process.env.QUORUM_TEST_CLIENTS

type Setup = {
  readonly url: string
  readonly home: string
  readonly project: string
  /** What its user says. */
  readonly says: string
}
type Client = {
  readonly name: string
  /** Writes its configuration; then its arguments, and what it needs in its environment. */
  readonly set: (setup: Setup) => Promise<{ args: string[]; env?: Record<string, string> }>
}

const REAL: Client[] = [
  {
    name: 'pi',
    async set({ url, home, says }) {
      const model = {
        id: 'quorum',
        name: 'Quorum',
        reasoning: true,
        input: ['text'],
        contextWindow: 131_072,
        maxTokens: 32_768,
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      }
      const provider = { baseUrl: url, api: 'openai-completions', apiKey: 'none', models: [model] }
      await write(join(home, '.pi/agent/models.json'), { providers: { quorum: provider } })
      return { args: ['--provider', 'quorum', '--model', 'quorum', '-p', says] }
    },
  },
  {
    name: 'opencode',
    async set({ url, home, says }) {
      const file = join(home, 'opencode.json')
      const options = { baseURL: url, apiKey: 'none' }
      const provider = { npm: '@ai-sdk/openai-compatible', options, models: { quorum: {} } }
      await write(file, { model: 'quorum/quorum', provider: { quorum: provider } })
      const env = {
        OPENCODE_CONFIG: file,
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      }
      return { args: ['run', says], env }
    },
  },
  {
    name: 'cline',
    async set({ url, home, project, says }) {
      const data = join(home, 'cline')
      await run(
        'cline',
        ['auth', '-p', 'openai', '-k', 'none', '-m', 'quorum', '-b', url, '--data-dir', data],
        {
          cwd: project,
          env: { HOME: home },
        },
      )
      return { args: ['-P', 'openai', '-m', 'quorum', '--data-dir', data, '--json', says] }
    },
  },
  {
    name: 'qwen',
    set: async ({ url, says }) => ({
      args: ['--auth-type', 'openai', '-y', '-p', says],
      env: { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: url, OPENAI_MODEL: 'quorum' },
    }),
  },
  {
    name: 'cn',
    async set({ url, home, says }) {
      const file = join(home, 'config.yaml')
      const model = {
        name: 'Quorum',
        provider: 'openai',
        model: 'quorum',
        apiBase: url,
        apiKey: 'none',
        roles: ['chat'],
      }
      // JSON is YAML too
      await write(file, { name: 'Quorum', version: '1.0.0', schema: 'v1', models: [model] })
      return { args: ['--config', file, '--auto', '-p', says] }
    },
  },
]

for (const { name, set } of REAL) {
  test(`${name} edits its file with the change that the swarm proved`, { timeout: 300_000 }, async (t) => {
    if (CLIENTS === undefined || !existsSync(programOf(name))) {
      return t.skip(`${name} is not installed in QUORUM_TEST_CLIENTS`)
    }
    const { project, home, url, models, tasks, content } = await openScene(t)
    const { args, env = {} } = await set({ url, home, project: project.path, says: ASK })
    const ended = await run(name, args, { cwd: project.path, env: { HOME: home, ...env } })
    assert.equal(await content('src/add.js'), FIXED, ended.output)
    assert.equal(ended.code, 0, ended.output)
    assert.equal(tasks().length, 1)
    assert.match(ended.output, /The change is made in [\s\S]*Evidence: verified/)
    // a title, or what to remember; none of the agent's own turns
    assert.ok(models.calls.filter(({ text }) => !text.includes('# Role: ')).length <= 1)
  })
}

// one of them is enough: to the server, the others' turns without a task look the same
for (const { name, set } of REAL.filter(({ name }) => name === 'cn')) {
  test(`${name} is told what the swarm has to do nothing for`, { timeout: 300_000 }, async (t) => {
    if (CLIENTS === undefined || !existsSync(programOf(name))) {
      return t.skip(`${name} is not installed in QUORUM_TEST_CLIENTS`)
    }
    const { project, home, url, tasks, content } = await openScene(t)
    const before = await content('src/add.js')
    const { args, env = {} } = await set({ url, home, project: project.path, says: 'What does a CRLF mean?' })
    const ended = await run(name, args, { cwd: project.path, env: { HOME: home, ...env } })
    assert.match(ended.output, /Nothing to add\./)
    assert.deepEqual([ended.code, tasks().length], [0, 0], ended.output)
    assert.equal(await content('src/add.js'), before)
  })
}

const programOf = (name: string): string => join(CLIENTS ?? '', 'node_modules/.bin', name)

async function write(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(content))
}

type Ended = { readonly code: number | string; readonly output: string }

/** Runs a client to its end, with a home of its own and nothing to read from. */
function run(
  name: string,
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  const path = [dirname(process.execPath), join(CLIENTS ?? '', 'tools'), process.env.PATH].join(delimiter)
  const xdg = Object.fromEntries(
    ['CONFIG', 'DATA', 'CACHE', 'STATE'].map((kind) => [
      `XDG_${kind}_HOME`,
      join(env['HOME'] ?? '', kind.toLowerCase()),
    ]),
  )
  return new Promise((resolve) => {
    const child = execFile(
      programOf(name),
      args,
      { cwd, env: { PATH: path, ...xdg, ...env }, timeout: 240_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ code: error?.code ?? (error ? 'killed' : 0), output: stdout + stderr }),
    )
    child.stdin?.end()
  })
}
