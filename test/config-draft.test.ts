import assert from 'node:assert/strict'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { draftSettings, writeDraft } from '../src/config-draft.ts'

const SETTINGS = [
  { path: ['tiers', 'fast', 'model'], value: 'coder:7b' },
  { path: ['tiers', 'fast', 'url'], value: 'http://localhost:11434/v1' },
]

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-draft-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('a file that is not there is made, for its owner alone', async (t) => {
  const path = join(await folderFor(t), 'quorum.config.json')
  await writeDraft(await draftSettings(path, SETTINGS))
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
    tiers: { fast: { model: 'coder:7b', url: 'http://localhost:11434/v1' } },
  })
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('what the user wrote stays as he wrote it: keys, order, indent, line ends, mode, link', async (t) => {
  const folder = await folderFor(t)
  const [path, real] = [join(folder, 'quorum.config.json'), join(folder, 'dotfiles.json')]
  const before =
    '{\r\n    "policy":   "offline",\r\n    "tiers": {\r\n        "fast": {\r\n            "slots": 2\r\n        }\r\n    }\r\n}\r\n'
  await writeFile(real, before)
  await chmod(real, 0o640)
  await symlink(real, path)
  await writeDraft(await draftSettings(path, SETTINGS))
  assert.equal(
    await readFile(real, 'utf8'),
    before.replace(
      '"slots": 2',
      '"slots": 2,\r\n            "model": "coder:7b",\r\n            "url": "http://localhost:11434/v1"',
    ),
  )
  assert.equal((await stat(real)).mode & 0o777, 0o640)
  assert.ok((await lstat(path)).isSymbolicLink())
  assert.deepEqual(await readdir(folder), ['dotfiles.json', 'quorum.config.json'])
})

test('a file that was changed since the diff was shown is left alone, and nothing is left beside it', async (t) => {
  const folder = await folderFor(t)
  const path = join(folder, 'quorum.config.json')
  await writeFile(path, '{}')
  const draft = await draftSettings(path, SETTINGS)
  await writeFile(path, '{"policy":"offline"}')
  await assert.rejects(writeDraft(draft), /has been changed meanwhile; nothing was written/)
  assert.equal(await readFile(path, 'utf8'), '{"policy":"offline"}')
  assert.deepEqual(await readdir(folder), ['quorum.config.json'])
})

test('what would be no configuration is not written', async (t) => {
  const path = join(await folderFor(t), 'quorum.config.json')
  await assert.rejects(draftSettings(path, [{ path: ['tiers', 'fats', 'model'], value: 'x' }]), /fats/)
})
