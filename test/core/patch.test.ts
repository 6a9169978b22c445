import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { ALL } from '../support/long.ts'
import { base, cases, judge, sameTree } from './patch-corpus.ts'
import type { Tree, Verdict } from './patch-corpus.ts'

const meant = cases.filter(({ means }) => means !== null)
const unusable = cases.filter(({ refused }) => refused !== null)

test('of the broken patches at least 95 in 100 are applied as they were meant, and none in another way', (t) => {
  const results = meant.map(({ name, reply, means }) => ({ name, fate: fateOf(judge(reply, base), means!) }))
  t.diagnostic(`quorum:    ${tell(results.map(({ fate }) => fate))}`)
  // only to compare with, and a process for each
  if (ALL) t.diagnostic(`git apply: ${tell(gitFates())}`)
  for (const { name, fate } of results) if (fate === 'refused') t.diagnostic(`refused: ${name}`)

  assert.ok(meant.length >= 150)
  assert.deepEqual(
    results.filter(({ fate }) => fate === 'wrong').map(({ name }) => name),
    [],
  )
  const right = results.filter(({ fate }) => fate === 'exact' || fate === 'blanks').length
  assert.ok(right / meant.length >= 0.95, `${right} of ${meant.length}`)
})

test('replies that hold no usable patch are refused, each with the reason that tells why', () => {
  assert.ok(unusable.length >= 60)
  for (const { name, reply, refused } of unusable) {
    const verdict = judge(reply, base)
    assert.equal('code' in verdict ? verdict.code : 'applied', refused, name)
    assert.ok('reason' in verdict && verdict.reason.length > 10, name)
  }
})

function gitFates(): Fate[] {
  const verdicts = gitApplies(meant.map(({ reply }) => reply))
  return verdicts.map((verdict, index) => fateOf(verdict, meant[index]!.means!))
}

type Fate = 'exact' | 'blanks' | 'wrong' | 'refused'

function fateOf(verdict: Verdict, means: Tree): Fate {
  if (!('tree' in verdict)) return 'refused'
  if (sameTree(verdict.tree, means, { exact: true })) return 'exact'
  return sameTree(verdict.tree, means, { exact: false }) ? 'blanks' : 'wrong'
}

function tell(fates: readonly Fate[]): string {
  const share = (...kinds: Fate[]): string =>
    `${((100 * fates.filter((fate) => kinds.includes(fate)).length) / fates.length).toFixed(1)} %`
  return `${share('exact', 'blanks')} right (${share('exact')} to the byte), ${share('wrong')} wrong, ${share('refused')} refused`
}

/** Plain `git apply` on what is in the first fence, or on the whole reply. */
function gitApplies(replies: readonly string[]): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-patches-'))
  try {
    return replies.map((reply) => {
      const patch = /^```\w*\n([\s\S]*?)^```/m.exec(reply.replaceAll('\r\n', '\n'))?.[1] ?? reply
      const tree = mkdtempSync(join(folder, 'tree-'))
      writeTree(tree, base)
      const { status, stderr } = spawnSync('git', ['apply', '-'], {
        cwd: tree,
        input: patch,
        encoding: 'utf8',
      })
      const verdict = status === 0 ? { tree: readBack(tree) } : { code: 'git', reason: stderr }
      rmSync(tree, { recursive: true })
      return verdict
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeTree(folder: string, tree: Tree): void {
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

function readBack(folder: string): Tree {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')]
    }),
  )
}
