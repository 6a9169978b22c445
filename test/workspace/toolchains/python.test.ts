import assert from 'node:assert/strict'
import { readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { findToolchains } from '../../../src/workspace/toolchains/find.ts'
import { openUser, options, PATH } from './toolchain-scene.ts'

const PACKAGE = {
  'pyproject.toml': '[project]\nname = "it"\nversion = "0.1.0"\n',
  'src/it/__init__.py': 'def add(a, b):\n    return a + b\n',
  'tests/test_it.py': `import it

def test_adds():
    print(it.__file__)
    assert it.add(1, 2) == 3
`,
}

/** A user with a virtual environment in the project and packages in it; null, and skipped, where they cannot be had. */
async function openPythonUser(t: TestContext, packages: readonly string[]) {
  const user = await openUser(PACKAGE)
  const install = ['python3', '-m', 'pip', '--python', '.venv/bin/python', 'install', '-q', ...packages]
  const made = await user.prepare(['python3', '-m', 'venv', '--without-pip', '.venv'])
  const ready = made.exitCode !== 0 || packages.length === 0 ? made : await user.prepare(install)
  if (ready.exitCode === 0) return user
  await user[Symbol.asyncDispose]()
  t.skip(`no python here that can install [${packages.join()}]: ${ready.output}`)
  return null
}

test('a package is tested in the cage by the pytest of its virtual environment', options, async (t) => {
  await using user = await openPythonUser(t, ['pytest'])
  if (user === null) return
  // what an editable install leaves: a path to the user's checkout, where an edit has broken the package
  const [library = ''] = await readdir(join(user.project, '.venv', 'lib'))
  const packages = join('.venv', 'lib', library, 'site-packages')
  await user.write(join('project', packages, '__editable__.it.pth'), join(user.project, 'src'))
  const toolchains = await findToolchains(user.files, user.project, PATH, { HOME: user.home })
  const before = await readdir(join(user.project, '.venv'), { recursive: true })

  const inside = await user.workspace(toolchains)
  await user.write('project/src/it/__init__.py', 'def add(a, b):\n    return "of the checkout"\n')
  const source = { PYTHONPATH: '/workspace/src' }
  const passing = await inside(['pytest', '-s'], source)
  assert.equal(passing.exitCode, 0, passing.output)
  assert.match(passing.output, /^tests\/test_it\.py \/workspace\/src\/it\/__init__\.py$/m)
  const called = await inside(['python', '-c', 'import sys; print(sys.prefix)'])
  assert.equal(called.output, '/workspace/.venv\n')
  assert.match((await inside(['python', '-m', 'pytest'])).output, /No module named 'it'/)

  const wrong = { 'src/it/__init__.py': 'def add(a, b):\n    return a - b\n' }
  const failing = await user.workspace(toolchains, wrong)
  assert.match((await failing(['python', '-m', 'pytest'], source)).output, /1 failed/)
  const written = await failing(['sh', '-c', 'rm -r .venv/lib && echo > .venv/new && ls .venv'])
  assert.match(written.output, /^new$/m)
  assert.deepEqual(await readdir(join(user.project, '.venv'), { recursive: true }), before)
})

test(
  'of the project that a virtual environment stands in, and of the home, nothing else is there',
  options,
  async (t) => {
    await using user = await openPythonUser(t, [])
    if (user === null) return
    await user.write('project/.env', 'TOKEN=of a user\n')
    await user.write('.pypirc', 'password = of a user\n')
    const inside = await user.workspace(
      await findToolchains(user.files, user.project, PATH, { HOME: user.home }),
    )
    const { output } = await inside([
      'sh',
      '-c',
      `cat ${user.project}/.env ${user.home}/.pypirc; ls -A ${user.project}`,
    ])
    assert.doesNotMatch(output, /of a user/)
    assert.match(output, /^\.venv$/m)
    assert.doesNotMatch(output, /^src$/m)
  },
)

test(
  'without a virtual environment the python behind the path runs, with what the user installed for it',
  options,
  async (t) => {
    await using user = await openUser(PACKAGE)
    const asked = await user.prepare(['python3', '-c', 'import site; print(site.getusersitepackages())'])
    if (asked.exitCode !== 0) return t.skip('no python here')
    const site = asked.output.trim()
    await user.write(join(site.slice(user.home.length), 'of_the_user.py'), 'word = "installed"\n')
    const inside = await user.workspace(
      await findToolchains(user.files, user.project, PATH, { HOME: user.home }),
    )
    const question = 'import sys, of_the_user; print(sys.version, of_the_user.word)'
    const expected = await user.prepare(['python3', '-c', question])
    const { exitCode, output } = await inside(['python3', '-c', question])
    assert.equal(exitCode, 0, output)
    assert.equal(output, expected.output)
  },
)

test('a virtual environment whose folder is the project itself does not open the project', async (t) => {
  await using user = await openUser({ ...PACKAGE, '.env': 'TOKEN=1\n' })
  const made = await user.prepare(['python3', '-m', 'venv', '--without-pip', '.'])
  if (made.exitCode !== 0) return t.skip('no python here')
  const path = `${join(user.project, 'bin')}:${PATH}`
  const [python] = await findToolchains(user.files, user.project, path, { HOME: user.home })
  assert.ok(python)
  assert.equal(python.readable.includes(user.project), false)
  assert.deepEqual(python.layers, [])
})

test(
  'a virtual environment whose links lead to its python by another name runs in the cage',
  options,
  async (t) => {
    await using user = await openUser(PACKAGE)
    const asked = await user.prepare(['python3', '-c', 'import sys; print(sys.base_prefix)'])
    if (asked.exitCode !== 0) return t.skip('no python here')
    const base = asked.output.trim()
    await user.write('.local/bin/other', 'a program of the user')
    await symlink(join(base, 'bin', 'python3'), join(user.home, '.local', 'bin', 'python3'))
    await symlink(base, join(user.home, 'python-3'))
    for (const folder of ['.local', 'python-3']) {
      const python = join(user.home, folder, 'bin', 'python3')
      await user.prepare([python, '-m', 'venv', '--clear', '--without-pip', '.venv'])
      const toolchains = await findToolchains(user.files, user.project, PATH, { HOME: user.home })
      const inside = await user.workspace(toolchains)
      const { output } = await inside(['python', '-c', 'import sys; print(sys.prefix)'])
      assert.equal(output, '/workspace/.venv\n')
      assert.notEqual((await inside(['cat', join(user.home, '.local', 'bin', 'other')])).exitCode, 0)
    }
  },
)
