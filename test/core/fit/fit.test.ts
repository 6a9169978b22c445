import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { callsOf } from '../../../src/core/fit/calls.ts'
import { fitInto, oneForAll, type Wanted } from '../../../src/core/fit/fit.ts'
import { roomIn } from '../../../src/core/fit/room.ts'
import { whySequential } from '../../../src/core/fit/sequential.ts'
import { contextBytes, tokenBytes } from '../../../src/core/fit/sized.ts'

const GB = 1e9
const model = (
  name: string,
  gigabytes: number,
  bytesPerToken: number,
  more: Partial<Wanted> = {},
): Wanted => ({
  key: name,
  model: name,
  bytes: gigabytes * GB,
  bytesPerToken,
  window: 16_384,
  slots: null,
  held: null,
  wished: 5,
  contexts: 5,
  ...more,
})
// layers, heads and widths as these models publish them
const SMALL = model('4b', 2.6, 36_864)
const SEVEN = model('7b', 4.7, 57_344)
const ONE_SLOT = { ...SEVEN, slots: 1, contexts: 1 }
const FOURTEEN = model('14b', 9, 196_608)
const SPARSE = model('30b-a3b', 18.6, 98_304)

type Row = { machine: string; memory: number; models: Wanted[]; contexts: number[]; together?: boolean }
const ROWS: Row[] = [
  { machine: 'a computer with 8 GB', memory: 8, models: [SMALL], contexts: [5] },
  { machine: 'a computer with 8 GB', memory: 8, models: [SEVEN], contexts: [1] },
  { machine: 'a Mac with 16 GB', memory: 16, models: [SEVEN], contexts: [5] },
  { machine: 'a Mac with 16 GB', memory: 16, models: [FOURTEEN], contexts: [1] },
  { machine: 'a Mac with 16 GB', memory: 16, models: [SEVEN, FOURTEEN], contexts: [5, 1], together: false },
  { machine: 'a Mac with 16 GB', memory: 16, models: [SPARSE], contexts: [0] },
  { machine: 'a GPU with 24 GB', memory: 24, models: [FOURTEEN], contexts: [3] },
  { machine: 'a Mac with 32 GB', memory: 32, models: [SEVEN, FOURTEEN], contexts: [5, 5], together: false },
  { machine: 'a Mac with 32 GB', memory: 32, models: [SPARSE], contexts: [4] },
  { machine: 'a Mac with 64 GB', memory: 64, models: [SEVEN, FOURTEEN], contexts: [5, 5], together: true },
  { machine: 'a Mac with 64 GB', memory: 64, models: [SPARSE, SEVEN], contexts: [5, 5], together: true },
]
for (const { machine, memory, models, contexts, together = true } of ROWS) {
  const names = models.map(({ model }) => model).join(' and ')
  test(`${machine} and ${names}: ${contexts.join(' and ')} contexts`, () => {
    const fit = fitInto(roomIn({ total: memory * GB, free: null }, 0), models)
    assert.deepEqual(
      fit.models.map((one) => one.contexts),
      contexts,
    )
    assert.equal(fit.together, together)
  })
}

const anyModel = fc.record({
  key: fc.uuid(),
  model: fc.constant('m'),
  bytes: fc.option(fc.integer({ min: 0, max: 80 * GB })),
  bytesPerToken: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
  window: fc.option(fc.integer({ min: 1, max: 262_144 })),
  slots: fc.option(fc.integer({ min: 1, max: 8 })),
  held: fc.option(fc.integer({ min: 0, max: 90 * GB })),
  wished: fc.constant(26),
  contexts: fc.integer({ min: 1, max: 26 }),
})
const someModels = fc.array(anyModel, { minLength: 1, maxLength: 4 })
const someRoom = fc.integer({ min: 0, max: 256 * GB })

test('what is chosen never exceeds memory, neither all that stay loaded nor one of those that take turns', () => {
  fc.assert(
    fc.property(someModels, someRoom, (models, room) => {
      const fit = fitInto(room, models)
      const sizes = fit.models.map(({ model, contexts }) =>
        contexts === 0 ? 0 : (model.bytes ?? 0) + (contexts ?? 0) * (contextBytes(model) ?? 0),
      )
      // of what nobody says it is not known whether it fits
      const known = fit.models.every(({ contexts }) => contexts !== 0)
      if (fit.together && models.length > 1 && known) assert.ok(sizes.reduce((a, b) => a + b) <= room)
      for (const [index, size] of sizes.entries())
        if (models[index]!.bytes !== null) assert.ok(size <= room, `${size} of ${room}`)
    }),
  )
})

test('more memory never means fewer contexts, fewer calls, or models that begin to push each other out', () => {
  fc.assert(
    fc.property(someModels, someRoom, someRoom, (models, one, other) => {
      const less = fitInto(Math.min(one, other), models)
      const more = fitInto(Math.max(one, other), models)
      for (const [index, fitted] of less.models.entries()) {
        assert.ok((fitted.contexts ?? Infinity) <= (more.models[index]!.contexts ?? Infinity))
        assert.ok(callsOf(fitted) <= callsOf(more.models[index]!))
      }
    }),
  )
})

test('a model makes at least one call, and never more than are wished for or answered', () => {
  fc.assert(
    fc.property(anyModel, someRoom, (model, room) => {
      const calls = callsOf(fitInto(room, [model]).models[0]!)
      assert.ok(calls >= 1 && calls <= model.contexts)
    }),
  )
})

test('room is what is free and what models hold already, and never all of the machine', () => {
  assert.equal(roomIn({ total: 10 * GB, free: null }, 0), 8 * GB)
  assert.equal(roomIn({ total: 10 * GB, free: 2 * GB }, 3 * GB), 5 * GB)
  assert.equal(roomIn({ total: 10 * GB, free: 9 * GB }, 3 * GB), 8 * GB)
  // what is loaded has shown that it fits
  assert.equal(roomIn({ total: 10 * GB, free: 0 }, 9 * GB), 9 * GB)
})

test('a context is as large as the shape of a model says, or as one that is loaded shows', () => {
  assert.equal(contextBytes(SEVEN), 57_344 * 16_384)
  assert.equal(contextBytes({ ...SEVEN, window: null }), 57_344 * 16_384)
  assert.equal(contextBytes({ ...SEVEN, bytesPerToken: null }), null)
  // 4 slots of 1,000 tokens each: layers without a cache of their own make it less than the shape says
  const loaded = { ...SEVEN, window: 1_000, slots: 4, held: 4.7 * GB + 4 * 1_000 * 10_000 }
  assert.equal(Math.round(tokenBytes(loaded)!), 10_000)
  assert.equal(Math.round(tokenBytes({ ...loaded, bytesPerToken: 5_000 })!), 5_000)
})

test('one model for all roles is the heaviest that leaves room for two contexts, else the lightest', () => {
  const chosen = (gigabytes: number, ...models: Wanted[]) =>
    oneForAll(fitInto(gigabytes * GB, models))?.model.model
  assert.equal(chosen(13, SEVEN, FOURTEEN), '7b')
  assert.equal(chosen(16, SEVEN, FOURTEEN), '14b')
  assert.equal(chosen(4, SEVEN, FOURTEEN), '7b')
})

test('calls follow one another where every model has one context, or where the user says so', () => {
  const why = (gigabytes: number, ...models: Wanted[]) => {
    const room = gigabytes * GB
    return whySequential('auto', fitInto(room, models).models, room)
  }
  assert.equal(why(12.8, FOURTEEN), '12.8 GB hold one context of 14b')
  assert.equal(why(8, FOURTEEN), '8.0 GB do not hold 14b')
  assert.equal(why(64, ONE_SLOT), '7b answers one request at a time')
  assert.equal(why(64, ONE_SLOT, FOURTEEN), null)
  assert.equal(why(64, SEVEN), null)
  assert.equal(why(1, { ...SEVEN, bytes: null }), null)
  // who asks for one call at a time need not be told why
  assert.equal(why(64, { ...ONE_SLOT, wished: 1 }), null)
  const { models } = fitInto(64 * GB, [SEVEN])
  assert.equal(whySequential('on', models, 64 * GB), 'the configuration says so')
  assert.equal(whySequential('off', fitInto(0, [SEVEN]).models, 0), null)
})
