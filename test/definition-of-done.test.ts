import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { removeTree } from '../src/workspace/remove.ts'
import { shell } from '../src/workspace/shell.ts'
import { ALL, LONG } from './support/long.ts'
import { startScriptedModels, type Script } from './support/scripted-models.ts'
import { probe } from './workspace/cage/sandbox-scene.ts'

// Models play their parts by script. All else is real: the command line, HTTP, npm and its registry, eslint, tsc and
// `next build`, and the cage around them.

const REQUEST = 'create a Next.js app with a page that lists the books of a reading list'
const MINUTES = 60_000
const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')
const RIGHT = await readFile(join(import.meta.dirname, 'fixtures', 'next-app', 'reply.md'), 'utf8')

/** What coders of the fast tier get wrong: each is found by one check and by none before it. */
const MISTAKES = {
  lint: wrong('<li key={title}>', '<li>'),
  typecheck: wrong('pages: 304', "pages: '304'"),
  // state in a page that runs on the server: valid to eslint and tsc, and refused by the build
  build: wrong(
    'export default function Page() {\n',
    'export default function Page() {\n  useState(0)\n',
  ).replace('import { BookList', "import { useState } from 'react'\nimport { BookList"),
}

test(
  'an empty folder becomes a Next.js app that builds, after one escalation',
  { timeout: 40 * MINUTES },
  async (t) => {
    const why = await whatIsMissing()
    if (why !== null) return t.skip(why)
    const { project, cache, quorum } = await openStage(t, cast())

    const { code, stdout, stderr } = await quorum(['run', '--json', REQUEST, '--workspace', project])

    assert.equal(code, 0, stderr)
    const report = Report.parse(JSON.parse(stdout))
    assert.deepEqual([report.status, report.applied], ['verified', true])
    const story = stderr
      .trim()
      .split('\n')
      .map((line) => Line.parse(JSON.parse(line)))
    assert.deepEqual(
      story.filter(({ event }) => event === 'escalation').map(({ from, to }) => [from, to]),
      [['fast', 'deep']],
    )
    const failures = story
      .filter(({ event }) => event === 'verification_fail')
      .map(({ attempt, gate }) => `${attempt} ${gate}`)
    assert.deepEqual([...new Set(failures)].sort(), ['1 build', '1 lint', '2 typecheck'])
    assert.deepEqual(
      LIFECYCLE.filter((name) => !story.some(({ event }) => event === name)),
      [],
    )
    assert.deepEqual([story[0]?.event, story.at(-1)?.event], ['task_created', 'task_complete'])

    const files = await readdir(project, { recursive: true, withFileTypes: true })
    assert.deepEqual(
      files
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
      [
        'book-list.tsx',
        'eslint.config.mjs',
        'layout.tsx',
        'next.config.ts',
        'package.json',
        'page.tsx',
        'tsconfig.json',
      ],
    )
    const downloads = join(cache, 'downloads', '.npm')
    await passes(project, [
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--cache',
      downloads,
    ])
    // what lint and typecheck said of it stands above; that it builds is seen once more, outside of Quorum
    await passes(project, ['npm', 'run', 'build'])
    assert.match(await readFile(join(project, '.next', 'server', 'app', 'index.html'), 'utf8'), /Kindred/)
  },
)

const LIFECYCLE = [
  'task_created',
  'model_call_start',
  'model_call_complete',
  'patch_applied',
  'verification_start',
  'verification_fail',
  'verification_pass',
  'escalation',
  'task_complete',
]

const Report = z.object({ status: z.string(), applied: z.boolean() })
const Line = z.looseObject({
  event: z.string(),
  attempt: z.number(),
  from: z.string().optional(),
  to: z.string().optional(),
  gate: z.string().optional(),
})

/** The right reply with one thing changed. */
function wrong(before: string, after: string): string {
  assert.ok(RIGHT.includes(before), `${before} is not in the reply`)
  return RIGHT.replace(before, after)
}

/** Coders of the fast tier fail in three ways; those of the deep tier get it right. */
function cast(): Script {
  let asked = 0
  return ({ text, model }) => {
    const role = /# Role: (\w+)/.exec(text)?.[1]
    if (role === 'reviewer') return { kind: 'text', text: '{"decision":"approve","objections":[]}' }
    // a planner that writes no JSON gets the safe plan; A is as good a vote as any
    if (role !== 'coder') return { kind: 'text', text: 'A' }
    if (model === 'deep-coder') return { kind: 'text', text: RIGHT }
    const isSecond = text.includes('Attempt 1 (fast)')
    asked += 1
    const mistake = isSecond ? MISTAKES.typecheck : asked % 2 === 0 ? MISTAKES.lint : MISTAKES.build
    return { kind: 'text', text: mistake }
  }
}

async function whatIsMissing(): Promise<string | null> {
  if (!ALL) return LONG
  const cage = await probe()
  if (cage.kind === 'none') return `nothing here can hold a build: ${cage.description}`
  const view = ['npm', 'view', 'next@16.4.3', 'version', '--fetch-retries=0', '--fetch-timeout=20000']
  const { exitCode } = await asUser(view, '/')
  return exitCode === 0 ? null : 'the npm registry cannot be reached'
}

/** An empty folder, a home whose npm reaches its registry as the user's does, and models. */
async function openStage(t: TestContext, script: Script) {
  // not below /tmp, which may be small, and of which a cage has its own
  const folder = await realpath(await mkdtemp('/var/tmp/quorum-done-'))
  t.after(() => removeTree(folder))
  const models = await startScriptedModels(script)
  t.after(() => models.close())
  const project = join(folder, 'reading-list')
  const cache = join(folder, 'cache')
  await mkdir(project)
  const { stdout: cafile } = await asUser(['npm', 'config', 'get', 'cafile'], '/')
  const { stdout: registry } = await asUser(['npm', 'config', 'get', 'registry'], '/')
  const trust = cafile.trim() === 'null' ? '' : `cafile=${cafile.trim()}\n`
  await writeFile(join(folder, '.npmrc'), `registry=${registry.trim()}\n${trust}`)
  const gates = {
    build: { timeoutMs: 10 * MINUTES },
    lint: { timeoutMs: 5 * MINUTES },
    typecheck: { timeoutMs: 5 * MINUTES },
  }
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ gates, limits: { patienceMs: 100, patience: 0 } }))

  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    QUORUM_CACHE: cache,
    QUORUM_CONFIG: config,
    LITELLM_URL: models.url,
    NODE_ENV: 'production',
  }
  return {
    project,
    cache,
    quorum: async (args: readonly string[]) => {
      const child = spawn(process.execPath, [MAIN, ...args], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      t.after(() => child.kill('SIGKILL'))
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      const [stdout, stderr, code] = await Promise.all([
        readText(child.stdout),
        readText(child.stderr),
        ended,
      ])
      return { code, stdout, stderr }
    },
  }
}

async function passes(cwd: string, command: readonly string[]): Promise<void> {
  const { exitCode, output } = await asUser(command, cwd)
  assert.equal(exitCode, 0, `${command.join(' ')}:\n${output}`)
}

const asUser = (command: readonly string[], cwd: string) =>
  shell(
    command,
    {
      cwd,
      environment: {
        HOME: process.env['HOME'] ?? '/',
        CI: 'true',
        NEXT_TELEMETRY_DISABLED: '1',
      },
      timeoutMs: 10 * MINUTES,
      leavesNothing: true,
    },
    new AbortController().signal,
  )
