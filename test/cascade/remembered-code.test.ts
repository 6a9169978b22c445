import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Codebase, MappedCode } from '../../src/cascade/ports.ts'
import { rememberedCode } from '../../src/cascade/remembered-code.ts'

const never = new AbortController().signal
const WISH = { request: 'mend it', open: ['a.ts'], tokens: 100 }

/** A code base that says what it was asked. */
function scene() {
  const asked: string[] = []
  let next: MappedCode | null = { files: [], tokens: 1, by: 'symbols' }
  const codebase: Codebase = {
    async map(_, { request }) {
      asked.push(`map ${request}`)
      return next
    },
    async symbols(files) {
      asked.push(`symbols ${files.map(({ path }) => path).join(' ')}`)
      return files.map(({ content }) => ({ definitions: [], references: [[content, [1]]] }))
    },
    find: async () => null,
  }
  return { asked, remembered: rememberedCode(codebase), say: (map: MappedCode | null) => void (next = map) }
}

test('attempts that ask alike have one map made, once there is one that is no stopgap', async () => {
  const { asked, remembered, say } = scene()
  say(null)
  assert.equal(await remembered.map('app', WISH, never), null)
  say({ files: [], tokens: 2, by: 'search' })
  assert.equal((await remembered.map('app', WISH, never))?.tokens, 2)
  say({ files: [], tokens: 3, by: 'symbols' })
  for (let attempt = 0; attempt < 3; attempt += 1)
    assert.equal((await remembered.map('app', WISH, never))?.tokens, 3)
  await remembered.map('app', { ...WISH, request: 'mend it otherwise' }, never)
  assert.deepEqual(asked, ['map mend it', 'map mend it', 'map mend it', 'map mend it otherwise'])
})

test('only files that were not read as they are now are read', async () => {
  const { asked, remembered } = scene()
  const file = (path: string, content = path) => ({ path, content })
  await remembered.symbols([file('a'), file('b')], never)
  const found = await remembered.symbols([file('b'), file('a', 'new'), file('c')], never)
  assert.deepEqual(
    found?.map(({ references }) => references[0]?.[0]),
    ['b', 'new', 'c'],
  )
  await remembered.symbols([file('c'), file('a', 'new')], never)
  assert.deepEqual(asked, ['symbols a b', 'symbols a c'])
})
