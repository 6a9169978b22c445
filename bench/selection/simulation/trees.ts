import { lineDiff } from '../../../src/core/patch/line-diff.ts'
import type { FileChange, Patch } from '../../../src/core/task.ts'

export type Tree = ReadonlyMap<string, string>

/** Trees by their name, as git would keep them: equal files are one tree. */
export function createTrees() {
  const byName = new Map<string, Tree>()
  const names = new Map<string, string>()

  function add(tree: Tree): string {
    const key = JSON.stringify([...tree].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    const name = names.get(key) ?? `tree-${names.size}`
    names.set(key, name)
    byName.set(name, tree)
    return name
  }

  function at(name: string): Tree {
    const tree = byName.get(name)
    if (!tree) throw new Error(`there is no tree ${name}`)
    return tree
  }

  return {
    add,
    at,
    write(name: string, changes: readonly FileChange[]): string {
      const tree = new Map(at(name))
      for (const { path, content } of changes) {
        if (content === null) tree.delete(path)
        else tree.set(path, content)
      }
      return add(tree)
    },
    changes(from: string, to: string): { written: string[]; removed: string[] } {
      const [before, after] = [at(from), at(to)]
      return {
        written: [...after.keys()].filter((path) => after.get(path) !== before.get(path)),
        removed: [...before.keys()].filter((path) => !after.has(path)),
      }
    },
    diff(from: string, to: string): Patch {
      const { written, removed } = this.changes(from, to)
      const files = [...written, ...removed].toSorted()
      const parts = files.map((path) => fileDiff(path, at(from).get(path), at(to).get(path)))
      return {
        tree: to,
        files,
        diff: parts.map(({ text }) => text).join(''),
        lines: parts.reduce((sum, { lines }) => sum + lines, 0),
      }
    },
  }
}

/** As git shows a small file: all of it is the context. */
function fileDiff(path: string, before: string | undefined, after: string | undefined) {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const lines = lineDiff(old, fresh)
  const head = [
    `diff --git a/${path} b/${path}`,
    ...(before === undefined ? ['new file mode 100644'] : []),
    ...(after === undefined ? ['deleted file mode 100644'] : []),
    `--- ${before === undefined ? '/dev/null' : `a/${path}`}`,
    `+++ ${after === undefined ? '/dev/null' : `b/${path}`}`,
    `@@ -${old.length === 0 ? 0 : 1},${old.length} +${fresh.length === 0 ? 0 : 1},${fresh.length} @@`,
  ]
  const text = [...head, ...lines.map(({ mark, text }) => mark + text)].join('\n')
  return { text: `${text}\n`, lines: lines.filter(({ mark }) => mark !== ' ').length }
}

const linesOf = (text: string | undefined): string[] =>
  text === undefined ? [] : text.replace(/\n$/, '').split('\n')
