import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preprocess, showSources, sourcesFor } from '../../src/cascade/preprocess.ts'
import type { Project } from '../../src/cascade/ports.ts'
import { NO_BUDGET } from '../../src/core/task.ts'

type Shelf = Pick<Project, 'base' | 'files' | 'read'> & { readonly lookedAt: string[] }

/** As much of a project as a prompt needs. */
function shelf(files: Readonly<Record<string, string>>): Shelf {
  const lookedAt: string[] = []
  return {
    base: 'base',
    lookedAt,
    files: async () => Object.keys(files),
    async read(_, path) {
      lookedAt.push(path)
      return files[path]
    },
  }
}

const focus = { request: 'mend the parser', owned: ['src/owned.ts'] }

test('a prompt carries the best files first, as many as fit, and shows them in the order of their paths', async () => {
  const project = shelf({
    'src/zebra.ts': 'z'.repeat(50),
    'src/parser.ts': 'p'.repeat(40),
    'src/owned.ts': 'o'.repeat(40),
    'src/small.ts': 's'.repeat(20),
  })
  const sources = await sourcesFor(focus, 'base', project, 100)
  assert.deepEqual(
    sources.map(({ path }) => path),
    ['src/owned.ts', 'src/parser.ts', 'src/small.ts'],
  )
})

test('of a large repository only the best files are read, although most would not fit', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, file) => [`src/f${file}.ts`, 'x'.repeat(90)]),
  )
  const project = shelf({ ...files, 'src/owned.ts': 'x'.repeat(50) })
  const sources = await sourcesFor(focus, 'base', project, 100)
  assert.deepEqual(
    sources.map(({ path }) => path),
    ['src/owned.ts'],
  )
  assert.ok(project.lookedAt.length <= 200, `${project.lookedAt.length} files were read`)
})

test('a file that holds a fence is shown in a longer one', () => {
  const shown = showSources([{ path: 'README.md', content: 'a\n````js\ncode\n````\n' }])
  assert.equal(shown, '````` README.md\na\n````js\ncode\n````\n`````')
})

test('the overview lists the files and the end of the conversation, and says what it leaves out', async () => {
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, file) => [`src/f${file}.ts`, '']))
  const brief = await preprocess(
    {
      id: 'task_1',
      request: 'mend it',
      conversation: `the beginning ${'x'.repeat(10_000)} the end`,
      filesOwned: [],
      allowTests: false,
      effort: 'medium',
      budget: NO_BUDGET,
      workspace: { kind: 'named', name: 'app' },
    },
    shelf(files),
  )
  const overview = brief.overview.map((part) => (part.kind === 'text' ? part.text : '')).join('\n')
  assert.match(overview, /the end/)
  assert.doesNotMatch(overview, /the beginning/)
  assert.match(overview, /… and 100 more$/)
  assert.ok(overview.length < 20_000)
})
