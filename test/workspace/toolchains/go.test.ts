import assert from 'node:assert/strict'
import { readdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findToolchains, type Toolchain } from '../../../src/workspace/toolchains/find.ts'
import { openUser, options, PATH, type User } from './toolchain-scene.ts'

const MODULE = {
  'go.mod': 'module example.org/it\n\ngo 1.21\n\nrequire github.com/pkg/errors v0.9.1\n',
  'go.sum': `github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=
github.com/pkg/errors v0.9.1/go.mod h1:bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0=
`,
  'it.go':
    'package it\n\nimport "github.com/pkg/errors"\n\nfunc Fail() error { return errors.New("it failed") }\n',
  'it_test.go': `package it

import "testing"

func TestFail(t *testing.T) {
	if Fail().Error() != "it failed" {
		t.Fatal("another error")
	}
}
`,
}

/** What the machine has built of the standard library, which to build again takes half a minute. */
async function builtBefore(user: User): Promise<Toolchain> {
  const { output } = await user.prepare(['go', 'env', 'GOCACHE'], { HOME: homedir() })
  const lower = await realpath(output.trim()).catch(() => null)
  const layers = lower === null ? [] : [{ lower, at: 'home' as const, path: 'cache/go' }]
  return { environment: {}, path: [], readable: [], layers }
}

test('a module with a dependency is built and tested in the cage, without a network', options, async (t) => {
  await using user = await openUser(MODULE)
  const modules = join(user.home, 'go')
  const { exitCode, output } = await user.prepare(['go', 'mod', 'download'], { GOPATH: modules })
  if (exitCode !== 0) return t.skip(`no go here that can download a module: ${output}`)
  const before = await readdir(modules, { recursive: true })

  const toolchains = await findToolchains(user.files, user.project, PATH, { HOME: user.home })
  const inside = await user.workspace([...toolchains, await builtBefore(user)])
  const passing = await inside(['go', 'test', '-v', './...'])
  assert.equal(passing.exitCode, 0, passing.output)
  assert.match(passing.output, /PASS: TestFail/)
  const broken = await inside(['sh', '-c', 'sed -i "s/it failed/it broke/" it.go && go test ./...'])
  assert.match(broken.output, /FAIL: TestFail/)
  const places = await inside(['sh', '-c', 'ls ~/cache/go; touch "$GOMODCACHE/written"'])
  assert.match(places.output, /^[0-9a-f]{2}$/m)
  assert.match(places.output, /Read-only/)
  assert.deepEqual(await readdir(modules, { recursive: true }), before)
})

test('a version of go that is not installed is not downloaded by asking about it', async (t) => {
  await using user = await openUser({ ...MODULE, 'go.mod': MODULE['go.mod'].replace('go 1.21', 'go 1.99') })
  const { exitCode } = await user.prepare(['go', 'env', 'GOROOT'], { GOTOOLCHAIN: 'local' })
  if (exitCode !== 0) return t.skip('no go here')
  const settings = { HOME: user.home, GOTOOLCHAIN: 'auto' }
  assert.deepEqual(await findToolchains(user.files, user.project, PATH, settings), [])
})
