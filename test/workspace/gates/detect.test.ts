import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatesOf, toldShort } from './facts-of.ts'

const ALL = ['cargo', 'cargo-clippy', 'rustfmt', 'go', 'python3', 'ruff', 'mypy', 'pytest']
const scripts = { lint: 'eslint .', typecheck: 'tsc', build: 'vite build', test: 'vitest run' }
const node = { 'package.json': { scripts: { lint: 'l', typecheck: 'c', build: 'b', test: 't' } } }

test('a project of several languages has the checks of all, kind by kind, each with a name of its own', () => {
  const gates = gatesOf(
    {
      'package.json': { scripts: { lint: 'x', test: 'x' } },
      'backend/pyproject.toml': '[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\n',
      'native/Cargo.toml': '[package]\n',
    },
    ALL,
  )
  assert.deepEqual(
    gates.map(({ name }) => name),
    [
      'lint node',
      'lint native fmt',
      'lint native clippy',
      'lint backend',
      'typecheck native',
      'typecheck backend',
      'test node',
      'test native',
      'test backend',
    ],
  )
})

test('a folder that is called like a tool does not take its name', () => {
  const gates = gatesOf(
    {
      'package.json': { workspaces: ['rust'] },
      'rust/package.json': { scripts: { test: 'x' } },
      'Cargo.toml': '',
    },
    ALL,
  )
  const names = gates.filter(({ kind }) => kind === 'test').map(({ name }) => name)
  assert.deepEqual(names, ['test rust', 'test rust 2'])
})

test('the configuration replaces, adds and switches off', () => {
  const config = { lint: { command: false as const }, test: { command: ['make', 'test'] } }
  assert.deepEqual(toldShort(gatesOf(node, [], config)), [
    'typecheck: node --run typecheck',
    'build: node --run build',
    'test: make test',
  ])
})

test('one configured check replaces all that were found of its kind', () => {
  const config = { lint: { command: ['make', 'lint'] } }
  const gates = gatesOf({ 'Cargo.toml': '', 'go.mod': '' }, ALL, config)
  assert.deepEqual(toldShort(gates.filter(({ kind }) => kind === 'lint')), ['lint: make lint'])
})

test('the configuration is enough', () => {
  assert.deepEqual(toldShort(gatesOf({}, [], { build: { command: ['make'] } })), ['build: make'])
})

test('a gate has a minute and no network unless the configuration says otherwise', () => {
  const gates = gatesOf({ 'package.json': { scripts } }, [], { test: { timeoutMs: 5, network: true } })
  assert.deepEqual(
    gates.map(({ timeoutMs, network }) => ({ timeoutMs, network })),
    [
      ...Array.from({ length: 3 }, () => ({ timeoutMs: 60_000, network: false })),
      { timeoutMs: 5, network: true },
    ],
  )
})

const REPORTS: [command: string, report: string | null][] = [
  ['go test -json ./...', 'go'],
  ['go test ./...', null],
  ['cargo test --workspace', 'libtest'],
  ['pytest --junitxml={report}', 'junit'],
  ['jest --json --outputFile={report}', 'jest'],
  ['node --test', 'junit'],
  ['npm test', 'junit'],
  ['npm run --silent other', null],
  ['make test', null],
]

for (const [command, report] of REPORTS) {
  test(`a configured \`${command}\` ${report === null ? 'has no report' : `is read as ${report}`}`, () => {
    const tree = { 'package.json': { scripts: { test: 'node --test', other: 'x' } } }
    const [gate] = gatesOf(tree, [], { test: { command: command.split(' ') } })
    assert.equal(gate?.report, report)
    assert.deepEqual(gate.command, command.split(' '))
  })
}

test('a tree without anything known has no gates', () =>
  assert.deepEqual(gatesOf({ 'README.md': '' }, ALL), []))
