import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
// not part of the product: the server that plays the models belongs to the tests
import { startScriptedModels } from '../../test/support/scripted-models.ts'
import { environmentWith, loadConfig, type Config } from '../config.ts'
import { Entry } from '../core/event.ts'
import { askAsClient } from '../models/demo-client.ts'
import {
  claimOfDiff,
  claimsOfEscalation,
  claimsOfLeftovers,
  claimsOfVote,
  type Claim,
  type Shown,
} from './demo-claims.ts'
import { hashOf, layOutSample } from './demo-sample.ts'
import { CRLF_REQUEST, CURRENCY_REQUEST, createScript } from './demo-script.ts'
import { onInterrupt } from './interrupt.ts'
import { coloured, strong, timed } from './render.ts'
import { startServer, type Server } from './server.ts'

const INTRODUCTION = `Quorum demo

The models are scripted: a small server speaks the OpenAI protocol and gives answers that were written beforehand.
Everything else is real: HTTP, the OpenAI SDK that asks, git, a sample project with its lint, type check and tests, and
the ballots that are counted.
`

/** Shows the whole cascade at work on a sample project, then proves that it went as announced. */
export async function demo(): Promise<number> {
  using interrupt = onInterrupt()
  const { signal } = interrupt
  const startedAt = performance.now()
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'quorum-demo-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const models = opened.use(await startScriptedModels(createScript()))
  const config = await setUp(folder, models.url, signal)
  const [{ path: sample } = { path: folder }] = config.workspaces
  const server = opened.use(await startServer(config, signal))

  console.log(INTRODUCTION)
  const before = await hashOf(sample)
  const vote = await show('Task 1 of 2', CRLF_REQUEST, server, signal)
  const escalation = await show('Task 2 of 2', CURRENCY_REQUEST, server, signal)
  return conclude(
    [
      ...claimsOfVote(vote),
      await claimOfDiff('diff 1', vote, folder, signal),
      ...claimsOfEscalation(escalation),
      await claimOfDiff('diff 2', escalation, folder, signal),
      ...(await claimsOfLeftovers(before, sample, models.open())),
    ],
    performance.now() - startedAt,
  )
}

/** The sample project, and a configuration that knows of nothing else on this machine. */
async function setUp(folder: string, modelsUrl: string, signal: AbortSignal): Promise<Config> {
  const env = environmentWith({
    LITELLM_URL: modelsUrl,
    LITELLM_API_KEY: '',
    QUORUM_API_KEY: '',
    QUORUM_CACHE: join(folder, 'cache'),
    QUORUM_DATA: ':memory:',
    LOG_LEVEL: 'silent',
  })
  const sample = join(folder, 'ledger')
  await layOutSample(sample, signal)
  const file = join(folder, 'quorum.config.json')
  // what is tested was written for this demo, so it may run without a sandbox; and
  // a slow machine shall not cost the vote its second option; there is to be one, whoever else might decide
  await writeFile(
    file,
    JSON.stringify({
      server: { port: 0 },
      limits: { patienceMs: 10_000, voting: 'first-to-3' },
      unsafeGates: true,
    }),
  )
  return loadConfig({ overrides: { config: file, workspace: [sample] }, cwd: folder, env })
}

/** One request as a user would send it, on the terminal as it happens. */
async function show(title: string, request: string, { url }: Server, signal: AbortSignal): Promise<Shown> {
  console.log(`${strong(`${title}: ${request}`)}\n`)
  const startedAt = performance.now()
  const lanes = { progress: '', answer: '' }
  const stream = askAsClient({ url, model: 'quorum' }, request, signal)
  for (;;) {
    const { done, value } = await stream.next()
    if (done) return finish(value, lanes.answer, url, signal)
    lanes[value.lane] += value.text
    const lines = lanes.progress.split('\n')
    lanes.progress = lines.pop() ?? ''
    for (const line of lines) console.log(timed(line, performance.now() - startedAt))
  }
}

const TaskAnswer = z.object({ story: z.array(Entry) })

async function finish(id: string, answer: string, url: string, signal: AbortSignal): Promise<Shown> {
  console.log(`\n${coloured(answer, process.stdout)}\n`)
  const response = await fetch(`${url}/api/task/${id}`, { signal })
  const { story } = TaskAnswer.parse(await response.json())
  return { answer, story }
}

function conclude(claims: readonly Claim[], ms: number): number {
  console.log(strong('What this run has shown'))
  for (const { says, holds } of claims) console.log(`  ${holds ? '✓' : '✗'} ${says}`)
  const broken = claims.filter(({ holds }) => !holds).length
  const verdict = broken === 0 ? 'All of it as announced' : `${broken} of ${claims.length} did not hold`
  console.log(
    `\n${verdict}, in ${(ms / 1000).toFixed(1)} s. The models were scripted; now give it yours: npm start`,
  )
  return broken === 0 ? 0 : 1
}
