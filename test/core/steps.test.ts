import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepsOf, timed, unhurried, usesCache } from '../../src/core/steps.ts'
import type { Gate, RanGate } from '../../src/core/task.ts'
import { gateOf } from '../support/gate.ts'

const quick = (command: string[], endings = ['.ts'], names: 'files' | 'folders' = 'files') => ({
  quick: { command, endings, names },
})
const GATES: Gate[] = [
  gateOf(['node', '--run', 'lint'], { kind: 'lint', ...quick(['eslint']) }),
  gateOf(['tsc'], { kind: 'typecheck' }),
  gateOf(['next', 'build'], { kind: 'build' }),
  gateOf(['vitest', 'run'], { kind: 'test', ...quick(['vitest', 'related', '--run']) }),
]
const told = (gates: Gate[], written: string[], testsNeedBuild = false): string[] =>
  stepsOf(gates, written, testsNeedBuild).map(({ gate, scope }) => `${scope}: ${gate.command.join(' ')}`)

test('the cheapest no comes first, and everything is checked in the end', () => {
  assert.deepEqual(told(GATES, ['src/a.ts']), [
    'changed: eslint ./src/a.ts',
    'all: tsc',
    'changed: vitest related --run ./src/a.ts',
    'all: node --run lint',
    'all: next build',
    'all: vitest run',
  ])
})

test('tests that need the build wait for it', () => {
  assert.deepEqual(told(GATES, ['src/a.ts'], true).slice(-3), [
    'all: next build',
    'changed: vitest related --run ./src/a.ts',
    'all: vitest run',
  ])
})

test('a change that is none of a tool’s business is checked by the whole gates only', () => {
  assert.deepEqual(told(GATES, ['README.md']), [
    'all: node --run lint',
    'all: tsc',
    'all: next build',
    'all: vitest run',
  ])
})

test('gates of a folder see the files of that folder, relative to it', () => {
  const gate = gateOf(['x'], { kind: 'lint', folder: 'packages/a', ...quick(['eslint']) })
  assert.deepEqual(told([gate], ['packages/a/src/x.ts', 'packages/ab/y.ts', 'z.ts']), [
    'changed: eslint ./src/x.ts',
    'all: x',
  ])
})

test('where folders are named each is named once, and the root is a dot', () => {
  const gate = gateOf(['go', 'test', './...'], { ...quick(['go', 'test'], ['.go'], 'folders') })
  assert.deepEqual(told([gate], ['a/b/x.go', 'a/b/y.go', 'main.go']), [
    'changed: go test ./a/b .',
    'all: go test ./...',
  ])
})

test('a file whose name begins with a dash is no option', () => {
  assert.equal(told(GATES, ['--fix.ts'])[0], 'changed: eslint ./--fix.ts')
})

test('very many files are left to the whole check', () => {
  const written = Array.from({ length: 61 }, (_, index) => `src/${index}.ts`)
  assert.ok(told(GATES, written).every((step) => step.startsWith('all')))
})

test('a gate that names the cache, or a folder of its own, is worth waiting for', () => {
  assert.equal(usesCache(gateOf(['tsc', '--tsBuildInfoFile', '{cache}/x'])), true)
  assert.equal(usesCache(gateOf(['cargo', 'test'], { caches: ['target'] })), true)
  assert.equal(usesCache(gateOf(['go', 'vet'], { environment: { GOCACHE: '{cache}/go' } })), true)
  assert.equal(usesCache(gateOf(['tsc', '{report}'])), false)
})

test('a candidate may take its time-out, or twice what the base took; the base takes its time', () => {
  const gate = gateOf(['x'], { timeoutMs: 60_000 })
  const base = (ms: number, timedOut = false): Pick<RanGate, 'ms' | 'timedOut'> => ({ ms, timedOut })
  assert.equal(timed(gate, null).timeoutMs, 60_000)
  assert.equal(timed(gate, base(10_000)).timeoutMs, 60_000)
  assert.equal(timed(gate, base(50_000)).timeoutMs, 100_000)
  assert.equal(timed(gate, base(300_000, true)).timeoutMs, 60_000)
  assert.equal(unhurried(gate).timeoutMs, 300_000)
})
