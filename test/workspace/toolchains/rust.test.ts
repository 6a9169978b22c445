import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { findToolchains } from '../../../src/workspace/toolchains/find.ts'
import { openUser, options, PATH } from './toolchain-scene.ts'

const CRATE = {
  'Cargo.toml':
    '[package]\nname = "it"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1.0.15"\n',
  'src/lib.rs': `pub fn text(n: u32) -> String { itoa::Buffer::new().format(n).to_string() }
#[test] fn writes_numbers() { assert_eq!(text(7), "7") }
`,
}

/** A user whose crates were downloaded, and who has a token; null, and skipped, where there is no cargo or no network. */
async function openRustUser(t: TestContext) {
  const user = await openUser(CRATE)
  const settings = { HOME: user.home, RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup') }
  await user.write('.cargo/credentials.toml', '[registry]\ntoken = "token of a user"\n')
  await user.write('.cargo/config.toml', '[registries.own]\ntoken = "token of a user"\n')
  const { exitCode, output } = await user.prepare(['cargo', 'fetch'], {
    ...settings,
    CARGO_HOME: join(user.home, '.cargo'),
  })
  if (exitCode === 0) return { ...user, settings }
  await user[Symbol.asyncDispose]()
  t.skip(`no cargo here that can download a crate: ${output}`)
  return null
}

test('a crate with a dependency is built and tested in the cage, without a network', options, async (t) => {
  await using user = await openRustUser(t)
  if (user === null) return
  const toolchains = await findToolchains(user.files, user.project, PATH, user.settings)
  const downloads = join(user.home, '.cargo')
  const before = await readdir(downloads, { recursive: true })

  const inside = await user.workspace(toolchains)
  const passing = await inside(['cargo', 'test'])
  assert.equal(passing.exitCode, 0, passing.output)
  assert.match(passing.output, /writes_numbers \.\.\. ok/)
  const clippy = await inside(['cargo', 'clippy', '--', '-D', 'warnings'])
  assert.equal(clippy.exitCode, 0, clippy.output)

  const wrong = CRATE['src/lib.rs'].replace('"7")', '"8")')
  const failing = await user.workspace(toolchains, { 'src/lib.rs': wrong })
  assert.match((await failing(['cargo', 'test'])).output, /writes_numbers \.\.\. FAILED/)
  assert.deepEqual(await readdir(downloads, { recursive: true }), before)
})

test('of the user’s tokens, other toolchains and settings of cargo nothing is there', options, async (t) => {
  await using user = await openRustUser(t)
  if (user === null) return
  const inside = await user.workspace(await findToolchains(user.files, user.project, PATH, user.settings))
  const { output } = await inside([
    'sh',
    '-c',
    `cat "$CARGO_HOME"/* ${user.home}/.cargo/c*; ls -A "$CARGO_HOME" ${user.home} ${user.settings.RUSTUP_HOME}`,
  ])
  assert.doesNotMatch(output, /token of a user/)
  assert.doesNotMatch(output, /settings\.toml|credentials\.toml$|config\.toml$/m)
  assert.match(output, /^registry$/m)
})

test('a project without a crate, and a machine without rust, have no toolchain of it', async () => {
  await using user = await openUser(CRATE)
  assert.deepEqual(await findToolchains(new Set(['README.md']), user.project, PATH), [])
  assert.deepEqual(await findToolchains(user.files, user.project, '/nowhere'), [])
})
