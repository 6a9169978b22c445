import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startServer } from '../../src/cli/server.ts'
import { loadConfig } from '../../src/config.ts'
import { makeRepository } from '../support/repository.ts'
import { startScriptedModels } from '../support/scripted-models.ts'

const FILES = {
  // line ends and characters that tools have been seen to lose
  'src/add.js': '// é\r\nexport const add = (left, right) => left - right\r\nexport const one = 1\r\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const PATCH =
  'src/add.js\n<<<<<<< SEARCH\nexport const add = (left, right) => left - right\n=======\nexport const add = (left, right) => left + right // $& é $1\n>>>>>>> REPLACE\n'

/** A change that the scripted models make, in a folder where its test fails without it. */
export const ASK = 'Fix add in src/add.js: it subtracts'
export const FIXED =
  '// é\r\nexport const add = (left, right) => left + right // $& é $1\r\nexport const one = 1\r\n'

/** The real server over a project, and an empty home for a client beside it. */
export async function openScene(t: TestContext) {
  const project = await makeRepository(FILES)
  t.after(() => project[Symbol.asyncDispose]())
  const models = await startScriptedModels(({ text }) => {
    if (text.includes('# Role: planner')) return { kind: 'text', text: 'no plan' }
    if (text.includes('# Role: coder')) return { kind: 'text', text: PATCH }
    if (text.includes('# Role: ')) return { kind: 'text', text: '{"decision": "approve", "objections": []}' }
    // whatever else a client asks for: a title, what to remember
    return { kind: 'text', text: 'Nothing to add.' }
  })
  t.after(() => models.close())
  const home = await mkdtemp(join(tmpdir(), 'quorum-client-'))
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  const config = loadConfig({
    overrides: {
      port: '0',
      workspace: [`app=${project.path}`],
      logLevel: 'silent',
      unsafeGates: true,
    },
    cwd: project.path,
    env: { LITELLM_URL: models.url, QUORUM_CACHE: join(home, 'cache'), QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  t.after(() => server[Symbol.asyncDispose]())
  return {
    project,
    home,
    url: `${server.url}/v1`,
    models,
    tasks: () => server.swarm.runner.list(),
    content: (path: string) => readFile(join(project.path, path), 'utf8'),
  }
}
