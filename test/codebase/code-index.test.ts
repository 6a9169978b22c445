import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openIndex } from '../../src/codebase/code-index.ts'
import { makeRepository, type Repository } from '../support/repository.ts'

const FILES = {
  'src/a.ts': 'export function first() {}\n',
  'src/b.ts': 'export function second() { first() }\n',
}
const PATHS = Object.keys(FILES)

/** What the index knows of each path. */
async function known({ path }: Repository, cache: string | null, paths: readonly string[] = PATHS) {
  const index = await openIndex(path, cache)
  const { files } = await index.graphOf(paths)
  await index.keep()
  return Object.fromEntries(
    files.map(({ path, symbols }) => [path, symbols.definitions.map(({ name }) => name)]),
  )
}

test('what was read is kept, and read again only where it changed', async () => {
  await using project = await makeRepository(FILES, { git: false })
  await using data = await makeRepository({}, { git: false })
  const cache = join(data.path, 'maps')
  const fresh = await known(project, cache)
  assert.deepEqual(fresh, { 'src/a.ts': ['first'], 'src/b.ts': ['second'] })

  // a cache that says something else shows what comes from it
  const [name = ''] = await readdir(cache)
  const kept = await readFile(join(cache, name), 'latin1')
  const other = kept.replaceAll('"first"', '"kept"').replaceAll('"second"', '"stale"')
  await writeFile(join(cache, name), other, 'latin1')
  await project.write({ 'src/b.ts': 'export function third() {}\n' })
  await utimes(join(project.path, 'src/b.ts'), 1, 1)
  assert.deepEqual(await known(project, cache), { 'src/a.ts': ['kept'], 'src/b.ts': ['third'] })
  assert.deepEqual(await readdir(cache), [name])
})

for (const [what, broken] of [
  ['broken', () => '{"version":2,'],
  ['of another version', () => '{"version":0,"root":"/","files":[]}\n'],
  ['of another form', () => '{"version":2,"root":"/","files":[{"path":3}]}\n'],
  ['cut short', (kept: string) => kept.slice(0, -4)],
] as const) {
  test(`a cache that is ${what} is as good as none`, async () => {
    await using project = await makeRepository(FILES, { git: false })
    await using data = await makeRepository({}, { git: false })
    await known(project, data.path)
    const [name = ''] = await readdir(data.path)
    await writeFile(join(data.path, name), broken(await readFile(join(data.path, name), 'latin1')), 'latin1')
    assert.deepEqual(await known(project, data.path), { 'src/a.ts': ['first'], 'src/b.ts': ['second'] })
  })
}

test('a file that goes or comes is noticed by the index that is open', async () => {
  await using project = await makeRepository(FILES, { git: false })
  const index = await openIndex(project.path, null)
  const before = await index.graphOf(PATHS)
  assert.equal(await index.graphOf(PATHS), before, 'nothing changed, nothing is drawn again')
  await project.write({ 'src/c.ts': 'export class Third {}\n' })
  const after = await index.graphOf(['src/b.ts', 'src/c.ts', 'src/gone.ts'])
  assert.deepEqual(
    after.files.map(({ path }) => path),
    ['src/b.ts', 'src/c.ts'],
  )
})

test('no link is followed, and what is secret, generated, binary or huge stays out', async () => {
  await using elsewhere = await makeRepository({ 'out.ts': 'export function outside() {}\n' }, { git: false })
  await using project = await makeRepository(
    {
      ...FILES,
      'key.ts': 'export function key() {}\n// -----BEGIN RSA PRIVATE KEY-----\n',
      '.env': 'KEY=1\n',
      'gen.ts': '// @generated\nexport function made() {}\n',
      'min.ts': `export function minified() {${'a();'.repeat(5_000)}}\n`,
      'bin.ts': 'export function nul() {}\0',
      'huge.ts': `export function huge() {}\n${'// line\n'.repeat(70_000)}`,
    },
    { git: false },
  )
  await symlink(join(elsewhere.path, 'out.ts'), join(project.path, 'link.ts'))
  await symlink(elsewhere.path, join(project.path, 'folder'))
  await mkdir(join(project.path, 'dir.ts'))
  const others = [
    'key.ts',
    '.env',
    'gen.ts',
    'min.ts',
    'bin.ts',
    'huge.ts',
    'link.ts',
    'folder/out.ts',
    'dir.ts',
  ]
  const paths = [...PATHS, ...others, '../out.ts']
  assert.deepEqual(Object.keys(await known(project, null, paths)), PATHS)
})
