import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startMeter } from '../../src/cascade/meter.ts'
import type { Project, Stage } from '../../src/cascade/ports.ts'
import type { Setting } from '../../src/cascade/setting.ts'
import { createVerifier } from '../../src/cascade/checking/verify.ts'
import { strategyOf, type Strategy } from '../../src/core/effort.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { NO_BUDGET, type FileChange, type Verified } from '../../src/core/task.ts'
import { setStage, type Cast, type Scene, NO_OVERVIEW } from './story.ts'

/** A shop that charges by the piece, and its own tests, which do not look closely. */
export const SHOP: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }\n',
  'src/price.js': 'export function price(count, each) {\n  return count * each\n}\n',
  'src/label.js': 'export function label(name) {\n  return name.trim()\n}\n',
  'test/price.test.js': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price } from '../src/price.js'

test('one piece costs what a piece costs', () => assert.equal(price(1, 3), 3))
`,
}
/** Ten pieces and more are cheaper by one. */
export const DISCOUNT: FileChange = {
  path: 'src/price.js',
  content: `export function price(count, each) {
  if (count >= 10) return count * each - 1
  return count * each
}
`,
}
/** The same, but for ten pieces. */
export const TOO_LATE: FileChange = { ...DISCOUNT, content: DISCOUNT.content!.replace('>=', '>') }
export const NODE_TEST: NonNullable<Scene['gates']> = {
  test: { command: ['node', '--test', '--test-isolation=none'] },
}

/** A test file of the shop that makes one assertion on its prices. */
export const testOf = (name: string, assertion: string): string => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price } from '../src/price.js'

test(${JSON.stringify(name)}, () => ${assertion})
`

export const never = new AbortController().signal

export type Proving = {
  readonly setting: Setting
  readonly project: Project
  /** Prompts this role was given, in the order they came. */
  readonly prompts: (role: keyof Cast) => string[]
  /** A change of the base that passed its gates. */
  readonly verified: (seat: number, ...changes: FileChange[]) => Promise<Verified>
}

/** A stage's surroundings within an attempt: a real project, real gates, and models that say what the cast says. */
export async function proving(
  t: TestContext,
  scene: Partial<Omit<Scene, 'cast'>> & { cast?: Partial<Cast>; strategy?: Partial<Strategy> },
  work: (proving: Proving) => Promise<void>,
): Promise<void> {
  const { workspaces, ports, prompts } = await setStage(t, {
    files: SHOP,
    gates: NODE_TEST,
    ...scene,
    cast: { coder: () => 'nothing', ...scene.cast },
  })
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  await using verifier = createVerifier(project, '', ports.clock, never)
  using meter = startMeter(NO_BUDGET, ports.clock)
  const request = 'Ten pieces or more cost one less in all.'
  const setting: Setting = {
    task: {
      id: 'task_1',
      request,
      conversation: '',
      filesOwned: [],
      allowTests: false,
      effort: 'medium',
      budget: NO_BUDGET,
      workspace: { kind: 'named', name: 'app' },
    },
    brief: { request, overview: NO_OVERVIEW, paths: [] },
    project,
    verifier,
    ports,
    attempt: 1,
    tier: 'fast',
    memory: '',
    strategy: { ...strategyOf('medium', 'by-effort'), ...scene.strategy },
    meter,
    held: [],
    mayGoUp: false,
    failedChanges: new Map(),
    toolless: new Set(),
    replyTokens: [],
    kind: 'fix',
  }
  await work({
    setting,
    project,
    prompts,
    verified: async (seat, ...changes) => {
      const tree = await project.write(project.base, changes, never)
      const place = { subtask: '1', seat }
      const { result } = await heard(verifier.verify(tree, place, never))
      assert.equal(result.failed, null, 'the change was to pass its gates')
      const patch = await project.diff(project.base, tree, never)
      return { state: 'verified', place, patch, gates: [...result.gates], form: tree }
    },
  })
}

/** A stage to its end: what it told, and what it answered. */
export async function heard<Result>(stage: Stage<Result>): Promise<{ story: SwarmEvent[]; result: Result }> {
  const story: SwarmEvent[] = []
  for (;;) {
    const next = await stage.next()
    if (next.done) return { story, result: next.value }
    story.push(next.value)
  }
}
