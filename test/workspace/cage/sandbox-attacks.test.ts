import assert from 'node:assert/strict'
import { access, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshOverlay } from '../../../src/workspace/cage/overlay.ts'
import { locate } from '../../../src/workspace/cage/programs.ts'
import { ATTACKS } from './sandbox-attacks.ts'
import { eventually, openScene, PATH, probe, processesWith, run } from './sandbox-scene.ts'

const cage = await probe()
const isRoot = process.getuid?.() === 0
const skip = cage.kind === 'bubblewrap' ? false : `no bubblewrap on this machine: ${cage.description}`
const caged = { skip }

for (const { name, command, succeeded, asRoot } of ATTACKS) {
  const options = { skip: skip || (asRoot && !isRoot ? 'only root can do this at all' : false) }

  test(`uncaged, a gate can ${name}`, options, async () => {
    await using scene = await openScene()
    const ran = await run(command(scene), { cwd: scene.tree })
    assert.ok(await succeeded(scene, ran), `the attack itself is broken: ${ran.output.slice(-500)}`)
  })

  test(`caged, a gate cannot ${name}`, options, async () => {
    await using scene = await openScene()
    const ran = await run(cage.wrap(command(scene), scene.room()), { cwd: scene.tree })
    assert.equal(await succeeded(scene, ran), false, ran.output.slice(-500))
    assert.doesNotMatch(ran.output, /^bwrap: /m, 'the cage itself did not come up')
  })
}

test('a caged command holds no capability and cannot get one', caged, async () => {
  await using scene = await openScene()
  const { output } = await run(cage.wrap(['cat', '/proc/self/status'], scene.room()))
  for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
    assert.match(output, new RegExp(`Cap${set}:\\s+0+$`, 'm'))
  assert.match(output, /^NoNewPrivs:\s+1$/m)
})

test('a link one gate leaves in place of .git mounts nothing for the next', caged, async () => {
  await using scene = await openScene()
  await rm(join(scene.tree, '.git'), { recursive: true })
  const planted = await run(cage.wrap(['ln', '-s', scene.place('user/.ssh'), '.git'], scene.room()))
  assert.equal(planted.exitCode, 0)
  const { exitCode, output } = await run(cage.wrap(['cat', '.git/id_ed25519'], scene.room()))
  assert.notEqual(exitCode, 0)
  assert.doesNotMatch(output, /PRIVATE KEY/)
})

test('a link one gate leaves in place of an overlay mounts nothing for the next', caged, async (t) => {
  if (!cage.overlays) return t.skip('no overlays on this machine')
  await using scene = await openScene()
  const target = join(scene.tree, 'packages')
  await symlink(scene.place('other'), target)
  const overlay = await freshOverlay(scene.place('modules'), target, scene.place('layers'))
  const { exitCode } = await run(
    cage.wrap(['ls', join(target, 'left-pad')], scene.room({ overlays: [overlay] })),
  )
  assert.notEqual(exitCode, 0)
  assert.ok(await scene.isAsWritten('other/index.js'))
})

test('a program that stands first on the path of a gate is never run outside', caged, async () => {
  await using scene = await openScene()
  const binaries = join(scene.tree, 'node_modules', '.bin')
  await mkdir(binaries)
  for (const name of ['bwrap', 'unshare', 'setpriv', 'mount', 'prlimit', 'sh', 'env']) {
    await writeFile(join(binaries, name), `#!/bin/bash\necho run > '${scene.place('user/planted')}'\n`)
    await chmod(join(binaries, name), 0o755)
  }
  const environment = { PATH: `${binaries}:${PATH}` }
  const ran = await run(cage.wrap(['node', '-p', '"it ran"'], scene.room({ environment })), { environment })
  assert.match(ran.output, /it ran/)
  await assert.rejects(access(scene.place('user/planted')))
})

test('when whoever started it is killed, everything in the cage is gone', caged, async () => {
  await using scene = await openScene()
  const command = cage.wrap(['sh', '-c', 'setsid sleep "$1" & sleep "$1"', 'sh', scene.mark], scene.room())
  const starter = spawn('sh', ['-c', '"$@"; true', 'sh', ...command], { stdio: 'ignore' })
  assert.ok(await eventually(async () => (await sleepers(scene.mark)) === 2))
  starter.kill('SIGKILL')
  assert.ok(await eventually(async () => (await processesWith(scene.mark)).length === 0))
})

/** The cage has the mark among its own arguments; these are the processes in it. */
const sleepers = async (mark: string): Promise<number> => {
  const { output } = await run(['pgrep', '-c', '-x', '-f', `sleep ${mark}`])
  return Number(output)
}

test('all of this holds for an ordinary user as well as for root', caged, async (t) => {
  if (!isRoot) return t.skip('this is an ordinary user already')
  const setpriv = await locate('setpriv', PATH)
  if (setpriv === null) return t.skip('no setpriv on this machine')
  const become = [setpriv, '--reuid=65534', '--regid=65534', '--clear-groups']
  const canRead = await run([...become, 'test', '-r', import.meta.filename, '-a', '-x', process.execPath])
  if (canRead.exitCode !== 0) return t.skip('an ordinary user cannot read this checkout')
  const { exitCode, output } = await run([
    ...become,
    process.execPath,
    '--test',
    '--test-reporter=tap',
    import.meta.filename,
  ])
  assert.equal(exitCode, 0, output.slice(-4_000))
  assert.match(output, /^ok .* caged, a gate cannot read a private key$/m)
})
