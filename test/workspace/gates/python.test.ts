import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectGates } from '../../../src/workspace/gates/detect.ts'
import { factsOf, gatesOf, toldShort, type Tree } from './facts-of.ts'
import { isHere, project } from './run-here.ts'

const ALL = ['python3', 'ruff', 'mypy', 'pytest']
const RUFF = 'ruff check --no-fix --output-format concise --cache-dir {cache}/ruff'
const MYPY = 'mypy --no-pretty --cache-dir {cache}/mypy'
const PYTEST = 'pytest --junitxml={report} -p no:cacheprovider'

const CASES: { name: string; tree: Tree; expected: string[] }[] = [
  {
    name: 'all that pyproject.toml has settings for',
    tree: { 'pyproject.toml': '[project]\n[tool.ruff.lint]\n[tool.mypy]\n[tool.pytest.ini_options]\n' },
    expected: [`lint: python3 -m ${RUFF} .`, `typecheck: python3 -m ${MYPY} .`, `test: python3 -m ${PYTEST}`],
  },
  {
    name: 'settings in files of their own',
    tree: { 'setup.py': '', '.ruff.toml': '', 'mypy.ini': '[mypy]\nfiles = src\n', 'pytest.ini': '' },
    expected: [`lint: python3 -m ${RUFF} .`, `typecheck: python3 -m ${MYPY}`, `test: python3 -m ${PYTEST}`],
  },
  {
    name: 'settings in setup.cfg and tox.ini',
    tree: { 'setup.cfg': '[mypy]\n[tool:pytest]\n' },
    expected: [`typecheck: python3 -m ${MYPY} .`, `test: python3 -m ${PYTEST}`],
  },
  {
    name: 'tests without any settings',
    tree: { 'requirements.txt': '', 'tests/test_a.py': '' },
    expected: [`test: python3 -m ${PYTEST}`],
  },
  {
    name: 'nothing that is not asked for',
    tree: { 'pyproject.toml': '[tool.ruffian]\n', 'a.py': '' },
    expected: [],
  },
]

for (const { name, tree, expected } of CASES) {
  test(`detected: ${name}`, () => assert.deepEqual(toldShort(gatesOf(tree, ALL)), expected))
}

test('what is not installed is not run', () => {
  assert.deepEqual(
    gatesOf({ 'pyproject.toml': '[tool.ruff]\n[tool.mypy]\n[tool.pytest]\n' }, ['python3']),
    [],
  )
})

test('with a virtual environment its own python runs what there are settings for', () => {
  const facts = factsOf({ 'pyproject.toml': '[tool.ruff]\n', 'test_a.py': '' }, [], '.venv')
  assert.deepEqual(toldShort(detectGates(facts, {})), [`lint: python -m ${RUFF} .`])
})

test("the workspace's own package comes before an installed one", () => {
  const tree = { 'backend/pyproject.toml': '[tool.ruff]\n', 'backend/src/a.py': '' }
  assert.equal(gatesOf(tree, ALL)[0]?.environment['PYTHONPATH'], '{root}/backend:{root}/backend/src')
  const [flat] = gatesOf({ 'pyproject.toml': '[tool.ruff]\n' }, ALL)
  assert.equal(flat?.environment['PYTHONPATH'], '{root}')
})

test('real tests of a package under src run, and are told one by one', async (t) => {
  if (!isHere('python3', '-m', 'pytest', '--version')) return t.skip('pytest is not installed')
  const files = {
    'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
    'src/sample/__init__.py': 'ONE = 1\n',
    'tests/test_one.py':
      'from sample import ONE\n\n\ndef test_one():\n    assert ONE == 1\n\n\ndef test_two():\n    assert ONE == 2\n',
  }
  const { run } = await project(t, files)
  const { exitCode, report, output } = await run(gatesOf(files, ALL)[0])
  assert.equal(exitCode, 1, output)
  assert.match(report ?? '', /name="test_one"/)
  assert.match(report ?? '', /name="test_two"[^>]*><failure/)
})

for (const [tool, text] of [
  ['ruff', 'import os\n'],
  ['mypy', 'one: int = "1"\n'],
] as const) {
  test(`a real mistake is found by ${tool}`, async (t) => {
    if (!isHere('python3', '-m', tool, '--version')) return t.skip(`${tool} is not installed`)
    const files = { 'pyproject.toml': `[tool.${tool}]\n`, 'a.py': text }
    const { run } = await project(t, files)
    assert.equal((await run(gatesOf(files, ALL)[0])).exitCode, 1)
  })
}
