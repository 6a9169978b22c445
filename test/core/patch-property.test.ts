import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { randomFrom } from '../../src/core/random.ts'
import { BREAKERS, SPOILERS } from './patch-breakers.ts'
import { judge, sameTree } from './patch-corpus.ts'
import type { Tree } from './patch-corpus.ts'
import { changed } from './patch-writers.ts'
import type { Change, FileChange } from './patch-writers.ts'

const SRC = join(import.meta.dirname, '..', '..', 'src')
const SEED = 20_260_101

/** Our own sources: text that nobody wrote with patches in mind. */
const sources: Tree = new Map(
  readdirSync(SRC, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
    .map((path) => [`src/${path.replaceAll('\\', '/')}`, readFileSync(join(SRC, path), 'utf8')]),
)

const NEW_LINES = [
  'const added = compute(value)',
  'if (!added) return null',
  'export const extra = 1',
  "log('it happened', added)",
  'items.push({ id, name })',
  '',
  '// checks first',
  'return added < 3 && added > 1',
]

/** One to three edits somewhere in a file of ours: lines inserted, removed, replaced or altered. */
const edits: fc.Arbitrary<FileChange> = fc
  .record({
    path: fc.constantFrom(...sources.keys()),
    places: fc.array(
      fc.record({
        at: fc.nat(),
        removed: fc.integer({ min: 0, max: 3 }),
        kind: fc.constantFrom('replace', 'insert', 'remove', 'alter'),
        lines: fc.array(fc.constantFrom(...NEW_LINES), { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ path, places }) => {
    const before = sources.get(path)!.replace(/\n$/, '').split('\n')
    const changes: Change[] = []
    let free = 0
    for (const place of places
      .map((one) => ({ ...one, at: one.at % before.length }))
      .sort((a, b) => a.at - b.at)) {
      if (place.at < free) continue
      const removed =
        place.kind === 'insert' ? 0 : Math.min(Math.max(1, place.removed), before.length - place.at)
      const old = before.slice(place.at, place.at + removed)
      const added = addedBy(place.kind, old, place.lines, before[place.at]!)
      if (old.join('\n').trim() === added.join('\n').trim()) continue
      changes.push({ at: place.at, removed, added })
      free = place.at + removed + 1
    }
    return { path, before, changes }
  })
  .filter(({ changes }) => changes.length > 0)

function addedBy(kind: string, old: readonly string[], lines: readonly string[], beside: string): string[] {
  if (kind === 'remove') return []
  if (kind === 'alter') return old.map((line) => line.replace(/(\w+)(\W*)$/, '$1Changed$2'))
  const indent = /^ */.exec(beside)![0]
  return lines.map((line) => (line === '' ? '' : indent + line))
}

const meantBy = (change: FileChange): Tree =>
  new Map([
    ...sources,
    [
      change.path,
      changed(change)
        .map((line) => `${line}\n`)
        .join(''),
    ],
  ])

test('however a patch of our own sources is broken, it is applied as it was meant or refused', (t) => {
  const fates = { right: 0, refused: 0 }
  const breakers = fc.constantFrom(...Object.keys(BREAKERS))
  fc.assert(
    fc.property(edits, breakers, fc.nat(), (change, name, seed) => {
      const reply = BREAKERS[name]!(change, randomFrom(seed))
      const verdict = judge(reply, sources)
      if ('code' in verdict) {
        fates.refused += 1
        return
      }
      const right = sameTree(verdict.tree, meantBy(change), { exact: false })
      assert.ok(right, `${name}, ${change.path}:\n${reply}`)
      fates.right += 1
    }),
    { seed: SEED, numRuns: 1_500 },
  )
  const share = (100 * fates.right) / (fates.right + fates.refused)
  t.diagnostic(
    `${Object.keys(BREAKERS).length} ways to break a patch: ${share.toFixed(1)} % right, none wrong`,
  )
  assert.ok(Object.keys(BREAKERS).length >= 25)
  assert.ok(share >= 95)
})

test('a patch from which something is missing is never applied', () => {
  const spoilers = fc.constantFrom(...Object.keys(SPOILERS))
  fc.assert(
    fc.property(
      edits.filter(({ before }) => before.length >= 20),
      spoilers,
      fc.nat(),
      (change, name, seed) => {
        const verdict = judge(SPOILERS[name]!(change, randomFrom(seed)), sources)
        assert.ok('code' in verdict, `${name}, ${change.path}`)
      },
    ),
    { seed: SEED, numRuns: 300 },
  )
})
