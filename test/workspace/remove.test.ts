import assert from 'node:assert/strict'
import { access, chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { removeTree } from '../../src/workspace/remove.ts'

test('a folder that was closed against everybody is removed, and no link out of it is followed', async () => {
  const at = await mkdtemp(join(tmpdir(), 'remove-'))
  try {
    const kept = join(at, 'kept')
    const closed = join(at, 'tree', 'closed')
    await mkdir(kept)
    await writeFile(join(kept, 'file'), '')
    await mkdir(join(closed, 'inner'), { recursive: true })
    await writeFile(join(closed, 'inner', 'file'), '')
    await symlink(kept, join(closed, 'link'))
    await chmod(join(closed, 'inner'), 0)
    await chmod(closed, 0)

    await removeTree(join(at, 'tree'))
    await assert.rejects(access(join(at, 'tree')))
    await access(join(kept, 'file'))
    await removeTree(join(at, 'tree'))
  } finally {
    await rm(at, { recursive: true, force: true })
  }
})
