import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gatesOf, toldShort } from './facts-of.ts'
import { isHere, project } from './run-here.ts'

const ALL = ['cargo', 'cargo-clippy', 'rustfmt']
const SHORT = '--message-format short'

test('a crate is formatted, linted, checked and tested', () => {
  assert.deepEqual(toldShort(gatesOf({ 'Cargo.toml': '[package]\n' }, ALL)), [
    'lint fmt: cargo fmt --check',
    `lint clippy: cargo clippy --all-targets ${SHORT}`,
    `typecheck: cargo check --all-targets ${SHORT}`,
    `test: cargo test --no-fail-fast ${SHORT}`,
  ])
})

test('a workspace is checked with its members, and as its lock file says', () => {
  const gates = gatesOf({ 'Cargo.toml': '[package]\n[workspace]\n', 'Cargo.lock': '', 'a/Cargo.toml': '' }, [
    'cargo',
  ])
  assert.deepEqual(toldShort(gates), [
    `typecheck: cargo check --workspace --all-targets --locked ${SHORT}`,
    `test: cargo test --workspace --no-fail-fast --locked ${SHORT}`,
  ])
})

test('without cargo there is nothing to run', () => assert.deepEqual(gatesOf({ 'Cargo.toml': '' }, []), []))

test('a real crate: each check passes, and a mistake of its own fails it', async (t) => {
  if (
    !isHere('cargo', '--version') ||
    !isHere('rustfmt', '--version') ||
    !isHere('cargo', 'clippy', '--version')
  )
    return t.skip('cargo, rustfmt or clippy is not installed')
  const files = {
    'Cargo.toml': '[package]\nname = "sample"\nversion = "0.1.0"\nedition = "2021"\n',
    'Cargo.lock': 'version = 3\n\n[[package]]\nname = "sample"\nversion = "0.1.0"\n',
    'src/lib.rs': 'pub fn one() -> i32 {\n    1\n}\n\n#[test]\nfn is_one() {\n    assert_eq!(one(), 1);\n}\n',
  }
  const gates = gatesOf(files, ALL)
  const good = await project(t, files)
  for (const gate of gates) assert.equal((await good.run(gate)).exitCode, 0, gate.name)
  assert.deepEqual(
    gates.at(-1)?.caches.map((cache) => existsSync(join(good.folder, cache))),
    [true],
  )

  const wrong = files['src/lib.rs'].replace('    1\n', '   "1"\n')
  const bad = await project(t, { ...files, 'src/lib.rs': wrong })
  for (const gate of gates) assert.notEqual((await bad.run(gate)).exitCode, 0, gate.name)
})
