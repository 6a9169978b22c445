import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { locate } from '../../../src/workspace/cage/programs.ts'
import { noCage, probeCage, type RunCommand } from '../../../src/workspace/cage/sandbox.ts'
import { seatbelt } from '../../../src/workspace/cage/seatbelt.ts'
import { openScene, PATH, probe, run } from './sandbox-scene.ts'

const bwrap = await locate('bwrap', PATH)
const needsBubblewrap = { skip: bwrap === null ? 'bubblewrap is not installed' : false }

/** A folder with programs of ours, to stand before the others on the path. */
async function openFolder(programs: Record<string, string> = {}) {
  const path = await mkdtemp(join(tmpdir(), 'programs-'))
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(path, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(path, name), 0o755)
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const broken = (words: string) =>
  `case $1 in --help|--version) echo "bubblewrap 9" ;; *) echo "bwrap: ${words}" >&2; exit 1 ;; esac`

test('a machine with bubblewrap has a cage, and says in one line what it does', needsBubblewrap, async () => {
  const cage = await probe()
  assert.equal(cage.kind, 'bubblewrap')
  assert.match(cage.description, /^bubblewrap \d[^\n]+no network[^\n]+$/)
})

test('a machine without bubblewrap has no cage, and is told how to get one', async () => {
  await using folder = await openFolder()
  const cage = await probe(folder.path)
  assert.equal(cage.kind, 'none')
  assert.match(cage.mend, /install/)
  assert.match(cage.description, /^no cage: bubblewrap is not installed$/)
})

test(
  'where user namespaces are forbidden the mend says what to allow',
  { skip: process.platform !== 'linux' },
  async () => {
    await using folder = await openFolder({ bwrap: broken('setting up uid map: Permission denied') })
    const cage = await probe(`${folder.path}:${PATH}`)
    assert.equal(cage.kind, 'none')
    assert.match(cage.reason, /uid map: Permission denied/)
    assert.match(cage.mend, /AppArmor/)
  },
)

test(
  'a jailer that lets everything through is not believed',
  { skip: process.platform !== 'linux' },
  async () => {
    const lets = 'while [ "$1" != -- ] && [ $# -gt 0 ]; do shift; done; shift; exec "$@"'
    await using folder = await openFolder({ bwrap: `case $1 in --help) ;; --version) ;; *) ${lets} ;; esac` })
    const cage = await probe(`${folder.path}:${PATH}`)
    assert.equal(cage.kind, 'none')
    assert.match(cage.reason, /files outside can be read; the network can be reached/)
  },
)

test('an older bubblewrap still makes a cage, of what it knows', needsBubblewrap, async () => {
  const old = `case $1 in --help) echo nothing ;; *) case " $* " in *" --size "*|*" --disable-userns "*) exit 1 ;; esac; exec ${bwrap} "$@" ;; esac`
  await using folder = await openFolder({ bwrap: old })
  const cage = await probe(`${folder.path}:${PATH}`)
  assert.equal(cage.kind, 'bubblewrap')
})

test(
  'without the programs that set limits there are still walls, and the line says what is missing',
  needsBubblewrap,
  async () => {
    await using folder = await openFolder()
    for (const program of ['bwrap', 'env'])
      await symlink((await locate(program, PATH)) ?? '', join(folder.path, program))
    const cage = await probe(folder.path)
    assert.equal(cage.kind, 'bubblewrap')
    assert.match(cage.description, /no limits/)
  },
)

test('the trial leaves nothing behind', needsBubblewrap, async () => {
  await using folder = await openFolder()
  const trying: RunCommand = (command, signal) => run(command, { signal })
  await probeCage(
    { run: trying, platform: 'linux', path: PATH, folder: folder.path },
    new AbortController().signal,
  )
  assert.deepEqual(await readdir(folder.path), [])
})

test('a system nobody has built a cage for has none', async () => {
  const never: RunCommand = () => Promise.reject(new Error('nothing is run'))
  const cage = await probeCage(
    { run: never, platform: 'win32', path: PATH, folder: '/' },
    new AbortController().signal,
  )
  assert.equal(cage.kind, 'none')
})

test('no cage runs the command as it is', async () => {
  await using scene = await openScene()
  assert.deepEqual(noCage('why', 'how').wrap(['npm', 'test'], scene.room()), ['npm', 'test'])
})

const PROGRAMS = [{ place: '/Users/me/.n/node', real: '/Users/me/.n/node', needs: '/Users/me/.n/node' }]

test('a Seatbelt profile denies by default, and no path of the user is a part of its text', async () => {
  await using scene = await openScene()
  const command = seatbelt('/usr/bin/sandbox-exec', '/Users/me', PROGRAMS).wrap(['npm', 'test'], scene.room())
  const profile = command[command.indexOf('-p') + 1] ?? ''
  assert.match(profile, /^\(version 1\)\n\(deny default\)/m)
  assert.doesNotMatch(profile, /cage test/)
  assert.ok(command.includes(`ROOT=${scene.tree}`))
  assert.deepEqual(command.slice(-2), ['npm', 'test'])
  const named = [...profile.matchAll(/\(param "(\w+)"\)/g)].map(([, name]) => name)
  for (const name of named)
    assert.ok(
      command.some((word) => word.startsWith(`${name}=`)),
      `${name} has no value`,
    )
})

test('a Seatbelt profile opens the workspace after it closed the homes, and the network only when asked', async () => {
  await using scene = await openScene()
  const cage = seatbelt('/usr/bin/sandbox-exec', '/Users/me', PROGRAMS)
  const profileFor = (network: boolean): string => cage.wrap(['true'], scene.room({ network }))[2] ?? ''
  const profile = profileFor(false)
  assert.ok(
    profile.indexOf('(deny file-read-data') < profile.indexOf('(allow file-read* (subpath (param "ROOT"))'),
  )
  assert.ok(
    profile.indexOf('(allow file-write*') <
      profile.indexOf('(deny file-write* (subpath (param "REPOSITORY"))'),
  )
  assert.doesNotMatch(profile, /network/)
  assert.match(profileFor(true), /\(allow network\*\)/)
})

test('Seatbelt starts the command with the environment of the room and no other', async () => {
  await using scene = await openScene()
  const command = seatbelt('/usr/bin/sandbox-exec', '/Users/me', PROGRAMS).wrap(
    [process.execPath, '-p', 'JSON.stringify(process.env)'],
    scene.room({ environment: { ONLY: 'this = "that"' } }),
  )
  // everything but sandbox-exec itself can be run anywhere
  const { output } = await run(command.slice(command.indexOf('/usr/bin/env')))
  assert.equal(JSON.parse(output).ONLY, 'this = "that"')
  assert.equal(JSON.parse(output).OPENAI_API_KEY, undefined)
})
