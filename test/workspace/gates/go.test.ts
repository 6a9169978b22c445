import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { gatesOf, toldShort } from './facts-of.ts'
import { isHere, project } from './run-here.ts'

test('a module is vetted, built and tested, the changed folders first', () => {
  const gates = gatesOf({ 'service/go.mod': '', 'service/tools/go.mod': '' }, ['go'])
  assert.deepEqual(toldShort(gates), [
    'lint: go vet ./... (in service)',
    'build: go build -o /dev/null ./... (in service)',
    'test: go test -json ./... (in service)',
  ])
  assert.deepEqual(
    gates.map(({ quick }) => quick && `${quick.command.join(' ')} ${quick.names}`),
    ['go vet folders', null, 'go test -json folders'],
  )
})

test('in a workspace each module it uses is named', () => {
  const work = 'go 1.22\n\nuse ./one // first\n\nuse (\n\t./two/\n\t"./three"\n\t../elsewhere\n)\n'
  const [vet] = gatesOf({ 'go.work': work, 'one/go.mod': '' }, ['go'])
  assert.deepEqual(vet?.command, ['go', 'vet', './one/...', './two/...', './three/...'])
})

test('golangci-lint runs where it is configured and installed', () => {
  const tree = { 'go.mod': '', '.golangci.yml': '' }
  assert.deepEqual(
    gatesOf(tree, ['go', 'golangci-lint']).map(({ name }) => name),
    ['lint vet', 'lint golangci-lint', 'build', 'test'],
  )
  assert.equal(gatesOf(tree, ['go']).length, 3)
  assert.equal(gatesOf({ 'go.mod': '' }, ['go', 'golangci-lint']).length, 3)
})

test('a real module: each check passes, leaves no program behind, and a mistake fails it', async (t) => {
  if (!isHere('go', 'version')) return t.skip('go is not installed')
  const files = {
    'go.mod': 'module example.org/sample\n\ngo 1.20\n',
    'main.go': 'package main\n\nfunc one() int { return 1 }\n\nfunc main() { println(one()) }\n',
    'main_test.go': `package main\n\nimport "testing"\n\nfunc TestOne(t *testing.T) {\n\tif one() != 1 {\n\t\tt.Error("not one")\n\t}\n}\n`,
  }
  const gates = gatesOf(files, ['go'])
  const good = await project(t, files)
  for (const gate of gates) assert.equal((await good.run(gate)).exitCode, 0, gate.name)
  assert.deepEqual(readdirSync(good.folder), ['go.mod', 'main.go', 'main_test.go'])
  assert.match((await good.run(gates.at(-1))).output, /"Action":"pass".*"Test":"TestOne"/)

  const bad = await project(t, { ...files, 'main.go': files['main.go'].replace('return 1', 'return "1"') })
  for (const gate of gates) assert.notEqual((await bad.run(gate)).exitCode, 0, gate.name)
})
