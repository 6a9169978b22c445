import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { SwarmEvent } from '../../src/core/event.ts'
import {
  BUILD_ERROR,
  edit,
  GATES,
  greets,
  LINT_ERROR,
  only,
  parts,
  planned,
  RIGHT,
  setBallotStage,
  spine,
  TEST_ERROR,
  TYPE_ERROR,
  verdict,
} from '../support/story.ts'

/** One seat, one gate: for stories in which more would only take longer. */
const QUICK = {
  limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: GATES.typecheck },
}

test('the happy path: plan, contest, review, and a diff that git applies to the project', async (t) => {
  const { tell, repository, server } = await setBallotStage(t, { cast: { coder: () => RIGHT } })
  const { story, outcome } = await tell()
  assert.deepEqual(spine(story), [
    'attempt 1 at fast',
    'plan of 1',
    'contest 1 of 5',
    'contest 1: agreement',
    'review 1: approve',
  ])
  const [ready] = story
  assert.ok(ready?.type === 'workspace_ready')
  assert.equal(ready.name, 'app')
  assert.equal(ready.commit, (await repository.git('rev-parse', 'HEAD')).trim())
  assert.deepEqual(
    ready.gates.map(({ name }) => name),
    ['lint', 'typecheck', 'build', 'test'],
  )
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(
    outcome.gates.map(({ gate, status }) => `${gate} ${status}`),
    ['lint passed', 'typecheck passed', 'build passed', 'test passed'],
  )
  assert.deepEqual([outcome.patch.files, outcome.patch.lines], [['src/greet.js'], 2])
  await applies(repository.path, outcome.patch.diff)
  assert.match(await readFile(join(repository.path, 'src/greet.js'), 'utf8'), /'Hello, ' \+ name \+ '!'/)
  assert.equal(server.calls.length, 7)
})

test('tokens of every call are told, as the server counted them', async (t) => {
  const { tell, server } = await setBallotStage(t, { cast: { coder: () => RIGHT } })
  const { story } = await tell()
  const ended = only(story, 'model_call_complete').filter(({ status }) => status === 'ok')
  assert.ok(ended.length >= 5)
  assert.ok(
    ended.every(({ usage }) => usage.promptTokens > 0 && usage.completionTokens > 0 && !usage.estimated),
  )
  assert.equal(only(story, 'model_call_start').length, only(story, 'model_call_complete').length)
  assert.equal(only(story, 'model_call_start').length, server.calls.length)
})

test('a project without gates gives a change that says it is unverified', async (t) => {
  const { tell } = await setBallotStage(t, { cast: { coder: () => RIGHT }, gates: {} })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'unverified')
  assert.match(outcome.reason, /no lint, typecheck, build or test was found/)
  assert.deepEqual(only(story, 'gate_complete'), [])
})

test('a whole file of its own is written by a coder and comes out as a diff of a new file', async (t) => {
  const { tell, repository } = await setBallotStage(t, {
    cast: { planner: () => 'prose', coder: () => edit('', 'export const two = 2', 'src/two.js') },
    ...QUICK,
  })
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.match(outcome.patch.diff, /new file mode 100644/)
  await applies(repository.path, outcome.patch.diff)
})

test('all five fail, and what each gate said is in the next prompt, by which the second attempt passes', async (t) => {
  const failures = [LINT_ERROR, TYPE_ERROR, BUILD_ERROR, TEST_ERROR, 'I cannot do that.']
  const { tell, prompts } = await setBallotStage(t, {
    cast: { coder: ({ attempt, seat }) => (attempt === 1 ? failures[seat - 1]! : RIGHT) },
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(spine(story), [
    'attempt 1 at fast',
    'plan of 1',
    'contest 1 of 5',
    'contest 1: nobody',
    'attempt 2 at fast',
    'plan of 1',
    'contest 1 of 5',
    'contest 1: agreement',
    'review 1: approve',
  ])
  assert.deepEqual(
    only(story, 'verification_fail')
      .map(({ gate }) => gate)
      .sort(),
    ['build', 'lint', 'test', 'typecheck'],
  )
  // the first attempt asked six times, since prose is asked for once more
  const later = [...prompts('planner').slice(1), ...prompts('coder').slice(6)]
  assert.ok(later.length > 3)
  for (const prompt of later) {
    const memory = prompt.slice(prompt.indexOf('# What earlier attempts got wrong'))
    assert.match(memory, /Attempt 1 \(fast\)/)
    assert.match(memory, /src\/greet\.js: no var here/)
    assert.match(memory, /src\/greet\.js: no such name/)
    assert.match(memory, /src\/greet\.js: cannot be built/)
    assert.match(memory, /greet names somebody/)
    assert.match(memory, /1 × declined/)
  }
  assert.ok(prompts('planner')[0]!.includes('(none)'))
})

test('what failed is told without the code that failed, for models repeat what they read', async (t) => {
  const coder = greets('return TYPO && name // a telling comment')
  const { tell, prompts } = await setBallotStage(t, {
    cast: { coder: () => coder },
    tiers: ['fast'],
    ...QUICK,
  })
  await tell()
  assert.ok(prompts('coder').length >= 2)
  assert.ok(prompts('coder').every((prompt) => !prompt.includes('a telling comment')))
})

const four =
  edit('', 'export const one = 1', 'src/one.js') +
  edit('', 'export const two = 2', 'src/two.js') +
  edit('', 'export const three = 3', 'src/three.js')
const long = (lines: number): string =>
  greets(`return 'hello ' + name\n${Array.from({ length: lines }, (_, line) => `  // ${line}`).join('\n')}`)
const manyTypos = greets(`return name\n${Array.from({ length: 5 }, () => '  // TYPO').join('\n')}`)

for (const { name, gate, coder, story: expected } of [
  {
    name: 'a build that fails twice',
    gate: 'build',
    coder: (attempt: number) => greets(`return name + ${attempt} // UNBUILDABLE`),
    story: [
      'attempt 1 at fast',
      'attempt 2 at fast',
      'up to deep: the build failed twice',
      'attempt 3 at deep',
    ],
  },
  {
    name: 'type errors that persist',
    gate: 'typecheck',
    coder: (attempt: number) => greets(`return TYPO && name + ${attempt}`),
    story: ['attempt 1 at fast', 'attempt 2 at fast', 'up to deep: type errors persist', 'attempt 3 at deep'],
  },
  {
    name: 'more than three changed files',
    gate: 'lint',
    coder: () => RIGHT + four,
    story: ['attempt 1 at fast', 'up to deep: 4 files changed, more than 3', 'attempt 2 at deep'],
  },
  {
    name: 'more than 200 changed lines',
    gate: 'lint',
    coder: () => long(201),
    story: ['attempt 1 at fast', 'up to deep: 201 lines changed, more than 200', 'attempt 2 at deep'],
  },
] as const) {
  test(`${name}: the task goes to deep, whose change is delivered`, async (t) => {
    const { tell, server } = await setBallotStage(t, {
      cast: {
        planner: () => 'no plan',
        coder: ({ model, attempt }) => (model === 'fast-coder' ? coder(attempt) : RIGHT),
      },
      ...QUICK,
      gates: { [gate]: GATES[gate] },
    })
    const { story, outcome } = await tell()
    assert.equal(outcome?.kind, 'verified')
    assert.deepEqual(steps(story), expected)
    const deep = server.calls.filter(
      ({ model, text }) => model === 'deep-coder' && text.includes('# Role: coder'),
    )
    assert.equal(deep.length, 1)
  })
}

for (const { name, gate, coder, reason } of [
  {
    name: 'deep makes a large diff',
    gate: 'lint',
    coder: long(201),
    reason: '201 lines changed, more than 200',
  },
  {
    name: 'a failure at deep is unclear',
    gate: 'test',
    coder: TEST_ERROR,
    reason: 'the failure of test is unclear',
  },
  {
    name: 'a minimal repair is needed',
    gate: 'typecheck',
    coder: TYPE_ERROR,
    reason: 'typecheck needs a minimal repair',
  },
] as const) {
  test(`${name}: the task goes to reviewer after one attempt`, async (t) => {
    const { tell, prompts } = await setBallotStage(t, {
      cast: { coder: ({ model }) => (model === 'reviewer' ? RIGHT : coder) },
      ...QUICK,
      gates: { [gate]: GATES[gate] },
    })
    const { story, outcome } = await tell({ request: 'x'.repeat(1_001) })
    assert.equal(outcome?.kind, 'verified')
    assert.deepEqual(steps(story), [
      'attempt 1 at deep',
      `up to reviewer: ${reason}`,
      'attempt 2 at reviewer',
    ])
    const repairs = prompts('coder').slice(1)
    assert.equal(repairs.length, 1)
    const isRepair = only(story, 'verification_fail').length > 0
    for (const prompt of repairs) {
      assert.equal(prompt.includes('Make the smallest repair of it'), isRepair)
      if (isRepair) assert.ok(prompt.includes("-  return 'hello ' + name\n+  return "))
    }
  })
}

test('many findings at deep are tried once more at deep', async (t) => {
  const { tell } = await setBallotStage(t, {
    cast: { coder: ({ attempt }) => (attempt === 1 ? manyTypos : RIGHT) },
    ...QUICK,
  })
  const { story, outcome } = await tell({ request: 'x'.repeat(1_001) })
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(steps(story), ['attempt 1 at deep', 'attempt 2 at deep'])
})

test('more than five owned files start at deep', async (t) => {
  const { tell } = await setBallotStage(t, { cast: { coder: () => RIGHT }, ...QUICK })
  const filesOwned = ['src/greet.js', 'a.js', 'b.js', 'c.js', 'd.js', 'e.js']
  const { story, outcome } = await tell({ filesOwned })
  assert.deepEqual(steps(story), ['attempt 1 at deep'])
  assert.equal(outcome?.kind, 'verified')
})

test('after five attempts the task gives up, says so, and shows the attempt that came closest', async (t) => {
  const { tell, repository } = await setBallotStage(t, {
    cast: {
      coder: ({ attempt, seat }) =>
        seat !== 1
          ? 'no'
          : attempt === 3
            ? TEST_ERROR
            : greets(`var it${attempt} = name; return it${attempt}`),
    },
    limits: { seats: { fast: 2, deep: 2, reviewer: 2, cloud: 1 } },
  })
  const { story, outcome } = await tell()
  assert.deepEqual(steps(story), [
    'attempt 1 at fast',
    'attempt 2 at fast',
    'up to deep: the same failure came twice in a row',
    'attempt 3 at deep',
    'up to reviewer: the failure of test is unclear',
    'attempt 4 at reviewer',
    'attempt 5 at reviewer',
  ])
  assert.ok(outcome?.kind === 'abstained')
  assert.equal(outcome.reason, 'all 5 attempts are used')
  assert.deepEqual(
    outcome.best?.gates.map(({ gate, status }) => `${gate} ${status}`),
    ['lint passed', 'typecheck passed', 'build passed', 'test failed'],
  )
  assert.match(outcome.best.why, /greet names somebody/)
  await applies(repository.path, outcome.best.patch.diff)
})

test('with four tiers the fifth attempt is made at the highest', async (t) => {
  const { tell } = await setBallotStage(t, {
    cast: { coder: ({ model }) => (model === 'cloud' ? RIGHT : 'no') },
    tiers: ['fast', 'deep', 'reviewer', 'cloud'],
    ...QUICK,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(
    only(story, 'attempt_start').map(({ tier }) => tier),
    ['fast', 'fast', 'deep', 'deep', 'cloud'],
  )
})

test('a change held back for its size is delivered when nobody above does better', async (t) => {
  const { tell } = await setBallotStage(t, {
    cast: { coder: ({ model }) => (model === 'fast-coder' ? long(201) : 'no') },
    ...QUICK,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(outcome.patch.lines, 201)
  assert.deepEqual(spine(story).at(-1), 'review 1: approve')
})

test('with one tier a large change has nowhere to go and is delivered', async (t) => {
  const { tell } = await setBallotStage(t, { cast: { coder: () => long(201) }, tiers: ['fast'], ...QUICK })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(steps(story), ['attempt 1 at fast'])
})

test('two tasks on one workspace at the same time do not disturb each other or the user', async (t) => {
  const { tell, repository } = await setBallotStage(t, {
    cast: {
      planner: ({ text }) =>
        planned({ id: '1', filesOwned: [text.includes('Greet') ? 'src/greet.js' : 'src/part.js'] }),
      coder: ({ text }) => (text.includes('# Request\n\nGreet') ? RIGHT : parts("return 'Bye, ' + name")),
    },
    ...QUICK,
  })
  const before = await fingerprint(repository.path)
  const [greeting, parting] = await Promise.all([
    tell({ id: 'task_1', request: 'Greet politely.' }),
    tell({ id: 'task_2', request: 'Part politely.' }),
  ])
  assert.ok(greeting.outcome?.kind === 'verified')
  assert.ok(parting.outcome?.kind === 'verified')
  assert.deepEqual(greeting.outcome.patch.files, ['src/greet.js'])
  assert.deepEqual(parting.outcome.patch.files, ['src/part.js'])
  assert.deepEqual(await fingerprint(repository.path), before)
})

test('a dirty tree is the base of the work, and stays as it was to the last byte', async (t) => {
  const { tell, repository, prompts } = await setBallotStage(t, { cast: { coder: () => RIGHT }, ...QUICK })
  await repository.write({
    'src/part.js': '/** Not committed. */\nexport const part = (name) => name // half done\n',
    'src/staged.js': 'export const staged = 1\n',
    'src/untracked.js': 'export const untracked = 1\n',
  })
  await repository.git('add', 'src/staged.js')
  await writeFile(join(repository.path, 'src/staged.js'), 'export const staged = 2\n')
  const status = await repository.git('status', '--porcelain')
  const before = await fingerprint(repository.path)
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(outcome.patch.files, ['src/greet.js'])
  assert.match(prompts('coder')[0]!, /half done/)
  assert.match(prompts('coder')[0]!, /staged = 2/)
  assert.match(prompts('coder')[0]!, /untracked = 1/)
  assert.deepEqual(await fingerprint(repository.path), before)
  assert.equal(await repository.git('status', '--porcelain'), status)
  assert.equal(await repository.git('stash', 'list'), '')
  assert.equal((await repository.git('worktree', 'list')).trim().split('\n').length, 1)
})

test('a reviewer who objects every time and shows nothing costs its own call, and is passed on as advice', async (t) => {
  const { tell, server } = await setBallotStage(t, {
    cast: { coder: () => RIGHT, reviewer: () => verdict('reject', 'it is rude') },
    ...QUICK,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(outcome.proof.review, { decision: 'reject', advice: ['it is rude'] })
  assert.equal(only(story, 'attempt_start').length, 1)
  assert.equal(server.calls.filter(({ text }) => text.includes('# Role: reviewer')).length, 1)
})

const steps = (story: readonly SwarmEvent[]): string[] =>
  spine(story).filter((line) => line.startsWith('attempt') || line.startsWith('up to'))

const execute = promisify(execFile)

async function applies(path: string, diff: string): Promise<void> {
  const child = execute('git', ['apply', '-'], { cwd: path })
  child.child.stdin?.end(diff)
  await child
}

/** A line for every file below a folder, git's own included, that changes with any of its bytes. */
async function fingerprint(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.sort().map(
      async (file) =>
        `${file} ${createHash('sha256')
          .update(await readFile(file))
          .digest('hex')}`,
    ),
  )
}
