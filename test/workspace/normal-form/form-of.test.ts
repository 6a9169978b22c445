import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Project } from '../../../src/cascade/ports.ts'
import type { FileChange } from '../../../src/core/task.ts'
import { normalForms } from '../../../src/workspace/normal-form/normal-forms.ts'
import { setStage } from '../../support/story.ts'

const never = new AbortController().signal

type Bench = { project: Project; form: (...changes: FileChange[]) => Promise<string> }

async function bench(t: TestContext, work: (bench: Bench) => Promise<void>): Promise<void> {
  const { workspaces } = await setStage(t, { cast: { coder: () => '' }, gates: {} })
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  const form = async (...changes: FileChange[]): Promise<string> =>
    project.formOf(project.base, await project.write(project.base, changes, never), never)
  await work({ project, form })
}

const greet = (content: string | null): FileChange => ({ path: 'src/greet.js', content })

test('two ways of writing the same change have one form, another change has another', async (t) => {
  await bench(t, async ({ form }) => {
    const one = await form(greet("export function greet(name) {\n  return 'Hello, ' + name\n}\n"))
    const same = await form(greet('// politely\nexport function greet(who) { return "Hello, " + who; }'))
    const other = await form(greet("export function greet(name) {\n  return 'Hallo, ' + name\n}\n"))
    assert.equal(same, one)
    assert.notEqual(other, one)
  })
})

test('the path, a removal, and the tree it is written on are part of the form', async (t) => {
  await bench(t, async ({ project, form }) => {
    const content = 'export const a = 1\n'
    const forms = [
      await form(greet(content)),
      await form({ path: 'src/part.js', content }),
      await form({ path: 'src/part.js', content: null }),
      await form(greet(null)),
      await form(greet(content), { path: 'src/part.js', content: null }),
    ]
    const before = await project.write(project.base, [{ path: 'src/new.js', content }], never)
    const after = await project.write(before, [greet(content)], never)
    forms.push(await project.formOf(before, after, never))
    assert.equal(new Set(forms).size, forms.length)
  })
})

test('a change that is no text is like nothing but itself', async (t) => {
  await bench(t, async ({ form }) => {
    const [one, other] = [await form(greet('a\0b')), await form(greet('a\0b ')), await form(greet('a\0b'))]
    assert.notEqual(one, other)
    assert.equal(await form(greet('a\0b')), one)
  })
})

test('a file that ends its reader, or cannot be read, stands for itself; the others keep their form', async () => {
  const forms = (tidy: string, end: string) =>
    normalForms(
      [
        { path: 'broken.ts', content: `let = = 1${end}` },
        { path: 'long.ts', content: `a("${'b'.repeat(500_000)}")${end}` },
        { path: 'before.ts', content: tidy },
        { path: 'deep.ts', content: `${'['.repeat(100_000)}${end}` },
        { path: 'after.ts', content: tidy },
      ],
      never,
    )
  const one = await forms('export const a = (b: number) => b', '')
  // trailing white space does not count in a text, anything else does
  const same = await forms('export const a = (c) => c;', ' \n')
  const other = await forms('export const a = 1', '!')
  for (const path of ['broken.ts', 'long.ts', 'before.ts', 'deep.ts']) {
    assert.equal(one.get(path), same.get(path), path)
    assert.notEqual(one.get(path), other.get(path), path)
  }
  assert.notEqual(one.get('after.ts'), same.get('after.ts'))
})

test('white space without end is no burden, and none at the end of a line counts', async () => {
  const spaces = ' '.repeat(1_000_000)
  const [one, other, third] = await Promise.all(
    [`a${spaces}b${spaces}\r\n\n`, `a${spaces}b`, `a${spaces} b`].map((content) =>
      normalForms([{ path: 'a.md', content }], never),
    ),
  )
  assert.deepEqual(one, other)
  assert.notDeepEqual(one, third)
})

test('a form that nobody waits for any more is not worked out', async () => {
  const signal = AbortSignal.abort(new Error('gone'))
  await assert.rejects(normalForms([{ path: 'a.ts', content: 'a' }], signal), /gone/)
})
