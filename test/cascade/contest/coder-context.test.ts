import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Receipt, receiptOf } from '../../../src/core/receipt.ts'
import { initial, reduce } from '../../../src/core/state.ts'
import { createCodebase } from '../../../src/codebase/codebase.ts'
import { edit, only, planned, PROJECT, setStage, type Cast } from '../../support/story.ts'

const filler = (name: string): string =>
  Array.from(
    { length: 60 },
    (_, at) => `export function ${name}${at}(value) {\n  return value + ${at}\n}\n`,
  ).join('\n')
const SHOP = `import { priceOf } from './price.js'\n\n${filler('early')}
/** What all of them cost. */
export function totalOf(items) {
  return items.reduce((sum, item) => sum + priceOf(item), 1)
}

${filler('late')}`
const FILES = {
  ...PROJECT,
  'package.json': '{ "type": "module", "dependencies": { "zod": "4" } }\n',
  'src/shop.js': SHOP,
  'src/price.js': `${filler('price')}\nexport function priceOf(item, currency = 'EUR') {\n  return item.price\n}\n`,
  'src/other.js': filler('other'),
  'test/part.test.js': "import test from 'node:test'\ntest('it parts', (t) => t.assert.equal(1, 1))\n",
}
const SUM = '  return items.reduce((sum, item) => sum + priceOf(item), 1)'
const MENDED = edit(SUM, SUM.replace('1)', '0)'), 'src/shop.js')

/** A project of which a prompt carries only a part, with a real map of its code. */
async function scene(t: TestContext, coder: Cast['coder']) {
  const stage = await setStage(t, {
    files: FILES,
    gates: {},
    cast: { coder, planner: () => planned({ id: '1', filesOwned: ['src/shop.js'] }) },
    limits: { contextCharacters: 4_000, seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 }, attempts: 1 },
  })
  const codebase = createCodebase({
    look: (name, signal) => stage.workspaces.look(name, signal),
    cacheFolder: null,
    waitMs: 120_000,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    onTrouble: (error) => assert.fail(String(error)),
  })
  t.after(() => codebase.close())
  Object.assign(stage.ports, { codebase })
  return stage
}

test('of a large file coders see what the request is about, how what it uses is declared, and how the project writes', async (t) => {
  const { tell, prompts } = await scene(t, () => MENDED)
  const { story, error, outcome } = await tell({ request: 'totalOf is one too much: mend it.' })
  assert.equal(error, null)
  const prompt = prompts('coder')[0]!
  assert.match(
    prompt,
    /``` src\/shop\.js\n(?:.*\n)*?\/\*\* What all of them cost\. \*\/\nexport function totalOf/,
  )
  assert.match(prompt, /\[… code not shown: lines \d+ to \d+ …\]/)
  assert.match(
    prompt,
    /``` src\/price\.js\n(?:.*\n)*?\d+\| export function priceOf\(item, currency = 'EUR'\)/,
  )
  assert.match(prompt, /``` package\.json\ntype: module\n.*zod/)
  assert.match(prompt, /``` test\/part\.test\.js\nimport test/)
  const [applied] = only(story, 'patch_applied')
  assert.deepEqual([applied?.files, applied?.diffSize], [['src/shop.js'], 2])

  // the reviewer sees what stands around the change, and the receipt says what everybody saw
  assert.match(
    prompts('reviewer')[0]!,
    /code not shown(?:.*\n)+?export function totalOf(?:.*\n)+?.*code not shown/,
  )
  assert.ok(outcome)
  const state = [...story, { type: 'task_complete' as const, outcome }].reduce(reduce, initial('task_1'))
  const { contexts } = Receipt.parse(receiptOf(state)).attempts[0]!
  assert.deepEqual(
    contexts.map(({ role }) => role),
    ['planner', 'coder', 'reviewer'],
  )
  const [, coder, reviewer] = contexts
  assert.deepEqual(reviewer?.files, [{ path: 'src/shop.js', form: 'part' }])
  assert.ok(coder)
  assert.ok(coder.files.some(({ path, form }) => path === 'src/price.js' && form === 'signatures'))
  assert.ok(coder.tokens > prompt.length / 5 && coder.tokens < prompt.length / 2)
})

test('who writes a file anew of which he has seen a part is turned away: the rest of it would be lost', async (t) => {
  const whole = SHOP.replaceAll('late', 'past')
  const { tell } = await scene(t, () => `src/shop.js\n\`\`\`js\n${whole}\`\`\`\n`)
  const { story } = await tell({ request: 'totalOf is one too much: mend it.' })
  assert.deepEqual([...new Set(only(story, 'patch_rejected').map(({ code }) => code))], ['blind_rewrite'])
})
