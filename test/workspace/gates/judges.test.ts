import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgesIn } from '../../../src/workspace/gates/judges.ts'
import { gateOf } from '../../support/gate.ts'

const FILES = new Set([
  'scripts/lint.js',
  'scripts/rules.sh',
  'scripts/release.js',
  'packages/a/check.mjs',
  'src/index.js',
])
const manifest = (scripts: Record<string, string>) => (path: string) =>
  path === 'package.json' ? JSON.stringify({ scripts }) : undefined

test('a file that a gate names, or a script it calls, is a judge; what other scripts run is not', () => {
  const read = manifest({
    lint: 'npm run rules && node ./scripts/lint.js src',
    rules: 'sh scripts/rules.sh',
    release: 'node scripts/release.js',
  })
  const gates = [gateOf(['node', '--run', 'lint']), gateOf(['node', 'check.mjs'], { folder: 'packages/a' })]
  assert.deepEqual([...judgesIn(gates, FILES, read)].sort(), [
    'packages/a/check.mjs',
    'scripts/lint.js',
    'scripts/rules.sh',
  ])
})

test('what npm runs around a script judges too', () => {
  const read = manifest({ test: 'node --test', pretest: 'node scripts/lint.js' })
  assert.deepEqual([...judgesIn([gateOf(['npm', 'run', 'test'])], FILES, read)], ['scripts/lint.js'])
})

test('scripts that call one another in a circle, and a package.json that is none, are survived', () => {
  const circle = manifest({ a: 'npm run b', b: 'npm run a && node scripts/lint.js' })
  assert.deepEqual([...judgesIn([gateOf(['npm', 'run', 'a'])], FILES, circle)], ['scripts/lint.js'])
  assert.equal(judgesIn([gateOf(['npm', 'test'])], FILES, () => '{').size, 0)
})

test('what a check only looks at may change', () => {
  const look = gateOf([
    'sh',
    '-c',
    '! { grep -q old src/index.js && node src/index.js; } || scripts/rules.sh src',
  ])
  assert.deepEqual([...judgesIn([look], FILES, () => undefined)].sort(), ['scripts/rules.sh', 'src/index.js'])
  assert.equal(judgesIn([gateOf(['eslint', 'src/index.js'])], FILES, () => undefined).size, 0)
})
