import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshOverlay } from '../../../src/workspace/cage/overlay.ts'
import type { Room } from '../../../src/workspace/cage/sandbox.ts'
import { openScene, PATH, probe, run, type Scene } from './sandbox-scene.ts'

const cage = await probe()
const options = { skip: cage.kind === 'bubblewrap' ? false : `no bubblewrap here: ${cage.description}` }
const withOverlays = { skip: options.skip || (cage.overlays ? false : 'no overlays on this machine') }

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules')
const enough = { processes: 512, memoryBytes: 4 * 2 ** 30, fileBytes: 2 ** 29 }

const runCaged = (scene: Scene, command: readonly string[], wishes: Partial<Room> = {}) =>
  run(cage.wrap(command, scene.room(wishes)), { cwd: '/' })

const overlayOf = ({ place, tree }: Scene, lower = place('modules')) =>
  freshOverlay(lower, join(tree, 'node_modules'), place('layers'))

test('a command has its working folder, its environment and nothing else of ours', options, async () => {
  await using scene = await openScene()
  const environment = { PATH, GREETING: 'it\'s "$HOME" \n and more' }
  const script =
    'console.log(JSON.stringify({ cwd: process.cwd(), environment: process.env, uid: process.getuid() }))'
  const { output } = await runCaged(scene, ['node', '-e', script], { environment })
  assert.deepEqual(JSON.parse(output), {
    cwd: scene.tree,
    environment: { ...environment, PWD: scene.tree },
    uid: process.getuid?.(),
  })
})

test('the exit code of a command comes through, also when a signal ended it', options, async () => {
  await using scene = await openScene()
  assert.equal((await runCaged(scene, ['sh', '-c', 'exit 7'])).exitCode, 7)
  assert.equal((await runCaged(scene, ['sh', '-c', 'kill -9 $$'])).exitCode, 128 + 9)
  assert.equal((await runCaged(scene, ['true'])).exitCode, 0)
  assert.notEqual((await runCaged(scene, ['no-such-program'])).exitCode, 0)
})

test('the workspace and its home can be written, and keep what was written', options, async () => {
  await using scene = await openScene()
  const { exitCode } = await runCaged(scene, [
    'sh',
    '-c',
    'echo tree > made && echo home > "$HOME/made" && echo > "$TMPDIR/x"',
  ])
  assert.equal(exitCode, 0)
  assert.equal(await readFile(join(scene.tree, 'made'), 'utf8'), 'tree\n')
  assert.equal(await readFile(join(scene.home, 'made'), 'utf8'), 'home\n')
})

test('a npm script starts node, which starts further processes', options, async () => {
  await using scene = await openScene()
  const scripts = { pretest: 'node -e "console.log(process.ppid > 0)"', test: 'node --test' }
  await writeFile(join(scene.tree, 'package.json'), JSON.stringify({ name: 'it', scripts }))
  const passing = 'require("node:test")("adds", () => require("left-pad"))'
  await writeFile(join(scene.tree, 'it.test.cjs'), passing)
  const { exitCode, output } = await runCaged(scene, ['npm', 'run', 'test'], { limits: enough })
  assert.equal(exitCode, 0, output)
  assert.match(output, /pass 1/)
})

test('git works on a repository a gate makes for itself', options, async () => {
  await using scene = await openScene()
  const script = `
    mkdir "$TMPDIR/r" && cd "$TMPDIR/r" && git init -q && echo a > a && git add a &&
    git -c user.name=n -c user.email=n@example.org commit -qm first && git log --format=%s`
  const { exitCode, output } = await runCaged(scene, ['sh', '-c', script])
  assert.equal(exitCode, 0, output)
  assert.match(output, /^first$/m)
})

test('a server on loopback can be reached from within the same cage', options, async () => {
  await using scene = await openScene()
  const script = `
    const server = require('node:http').createServer((_, response) => response.end('served')).listen(0, async () => {
      console.log(await (await fetch('http://localhost:' + server.address().port)).text())
      server.close()
    })`
  const { output } = await runCaged(scene, ['node', '-e', script])
  assert.match(output, /^served$/m)
})

test('a gate that asks for the network gets it', options, async () => {
  await using scene = await openScene()
  const script = `require('node:net').connect(${scene.doors.loopback.port}, '127.0.0.1').on('data', console.log)`
  await runCaged(scene, ['node', '-e', script], { network: true })
  assert.equal(scene.doors.loopback.visitors(), 1)
})

test(
  'what a gate changes in its dependencies goes to the upper layer; the lower one stays as it is',
  withOverlays,
  async () => {
    await using scene = await openScene()
    await rm(join(scene.tree, 'node_modules'), { recursive: true })
    await mkdir(join(scene.tree, 'node_modules'))
    const before = await contentOf(scene.place('modules'))
    const script = `
    cat left-pad/index.js && echo changed > left-pad/index.js && mkdir .vite-temp && echo cached > .vite-temp/a &&
    echo added > left-pad/added.js && cat left-pad/index.js`
    const wishes = { overlays: [await overlayOf(scene)], readable: [], cwd: join(scene.tree, 'node_modules') }
    const { exitCode, output } = await runCaged(scene, ['sh', '-c', script], wishes)

    assert.equal(exitCode, 0, output)
    assert.match(output, /the left pad/)
    assert.match(output, /changed/)
    assert.deepEqual(await contentOf(scene.place('modules')), before)
    assert.deepEqual(await contentOf(scene.place('layers/upper')), {
      '.vite-temp/a': 'cached\n',
      'left-pad/added.js': 'added\n',
      'left-pad/index.js': 'changed\n',
    })
    assert.deepEqual(await readdir(join(scene.tree, 'node_modules')), [])

    const next = await runCaged(scene, ['sh', '-c', 'rm -r left-pad && ls -A'], wishes)
    assert.equal(next.output, '.vite-temp\n')
    assert.deepEqual(await contentOf(scene.place('modules')), before)
  },
)

test('several folders of dependencies lie over one workspace', withOverlays, async () => {
  await using scene = await openScene()
  const inner = join(scene.tree, 'packages', 'app', 'node_modules')
  await mkdir(inner, { recursive: true })
  const overlays = [
    await overlayOf(scene),
    await freshOverlay(scene.place('other'), inner, scene.place('inner')),
  ]
  const command = ['cat', 'node_modules/left-pad/index.js', 'packages/app/node_modules/index.js']
  const { output } = await runCaged(scene, command, { overlays })
  assert.equal(output, 'module.exports = "the left pad"\nexport {}\n')
})

test(
  'a real typecheck runs from the dependencies of a project, laid over the workspace',
  withOverlays,
  async () => {
    await using scene = await openScene()
    await writeFile(
      join(scene.tree, 'package.json'),
      JSON.stringify({ scripts: { typecheck: 'tsc --noEmit --strict a.ts' } }),
    )
    const gate = async (text: string) => {
      await writeFile(join(scene.tree, 'a.ts'), text)
      const overlays = [await overlayOf(scene, modules)]
      return runCaged(scene, ['npm', 'run', 'typecheck'], { overlays, limits: enough })
    }
    const right = await gate('export const a: number = 1\n')
    assert.equal(right.exitCode, 0, right.output)
    const wrong = await gate('export const a: number = "1"\n')
    assert.notEqual(wrong.exitCode, 0)
    assert.match(wrong.output, /a\.ts.*TS2322/)
  },
)

test('the same typecheck runs where the workspace has links to the dependencies', options, async () => {
  await using scene = await openScene()
  const links = join(scene.tree, 'node_modules')
  await mkdir(join(links, '.bin'))
  for (const name of ['typescript', '@typescript']) await symlink(join(modules, name), join(links, name))
  await symlink('../typescript/bin/tsc', join(links, '.bin', 'tsc'))
  await writeFile(
    join(scene.tree, 'package.json'),
    JSON.stringify({ scripts: { typecheck: 'tsc --noEmit a.ts' } }),
  )
  await writeFile(join(scene.tree, 'a.ts'), 'export const a: number = "1"\n')
  const { output } = await runCaged(scene, ['npm', 'run', 'typecheck'], {
    readable: [modules],
    limits: enough,
  })
  assert.match(output, /a\.ts.*TS2322/)
})

test('node and npm are found where a version manager keeps them in the home', options, async () => {
  await using scene = await openScene()
  const folder = scene.place('user/.manager/bin')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'token'), 'not for gates')
  await symlink(process.execPath, join(folder, 'node'))
  await writeFile(join(folder, 'yarn'), '#!/usr/bin/env node\nconsole.log("yarn runs on", process.version)\n')
  await chmod(join(folder, 'yarn'), 0o755)
  const path = `${folder}:${PATH}`
  const room = scene.room({ environment: { PATH: path } })
  const managed = await probe(path)
  const { output } = await run(managed.wrap(['yarn'], room))
  assert.equal(output, `yarn runs on ${process.version}\n`)
  assert.equal((await run(managed.wrap(['ls', folder], room))).output, 'node\nyarn\n')
})

async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = await Promise.all(
    files.sort().map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const),
  )
  return Object.fromEntries(contents)
}
