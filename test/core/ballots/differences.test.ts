import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences } from '../../../src/core/ballots/differences.ts'

const hunk = (start: number, ...lines: string[]): string =>
  `@@ -${start},3 +${start},3 @@ function f() {\n${lines.map((line) => `${line}\n`).join('')}`
const file = (path: string, ...hunks: string[]): string =>
  `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n--- a/${path}\n+++ b/${path}\n${hunks.join('')}`

const SAME = hunk(1, ' a', '-b', '+c')

test('a piece that every option changes in the same way is not shown', () => {
  const [one, other] = differences([
    file('src/a.ts', SAME, hunk(40, '-old', '+one')),
    file('src/a.ts', SAME, hunk(40, '-old', '+other')),
  ])
  assert.equal(one, '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -40,3 +40,3 @@ function f() {\n-old\n+one')
  assert.equal(other, '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -40,3 +40,3 @@ function f() {\n-old\n+other')
})

test('a piece is the same one even where pieces above it have moved it', () => {
  const moved = '@@ -40,3 +45,3 @@\n-old\n+new\n'
  const [one] = differences([
    file('src/a.ts', hunk(1, '+more'), moved),
    file('src/a.ts', '@@ -40,3 +40,3 @@\n-old\n+new\n'),
  ])
  assert.ok(one?.includes('+more') && !one.includes('+new'), one)
})

test('equal lines in another file, or at another place, are another piece', () => {
  const [one, other] = differences([file('src/a.ts', SAME), file('src/b.ts', SAME)])
  assert.ok(one?.includes('+c') && other?.includes('+c'))
  const [here, there] = differences([file('src/a.ts', SAME), file('src/a.ts', SAME.replace('-1,', '-9,'))])
  assert.ok(here?.includes('+c') && there?.includes('+c'))
})

test('an option with nothing of its own says so', () => {
  const [one, other] = differences([file('src/a.ts', SAME), file('src/a.ts', SAME, hunk(9, '+more'))])
  assert.equal(one, '(nothing beyond what every option changes)')
  assert.ok(other?.includes('+more'))
})

test('new and deleted files are told as such, and hashes are not', () => {
  const created =
    'diff --git a/n.ts b/n.ts\nnew file mode 100644\nindex 0000000..3333333\n--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1 @@\n+x\n'
  const renamed =
    'diff --git a/old.ts b/new.ts\nsimilarity index 100%\nrename from old.ts\nrename to new.ts\n'
  const [one, other] = differences([created, renamed])
  assert.equal(one, 'new file mode 100644\n--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1 @@\n+x')
  assert.equal(other, renamed.trimEnd())
})

test('an option that is too long is not cut at its end: every piece of every option is shortened alike, and that is said', () => {
  const long = hunk(1, ' context', ...Array.from({ length: 600 }, (_, at) => `+filler number ${at} of many`))
  const last = hunk(900, ' context', '-old', '+the difference that matters')
  const shown = differences([
    file('src/a.ts', long, last),
    file('src/a.ts', last.replace('matters', 'does not')),
  ])
  for (const text of shown) {
    assert.match(text, /^\(This change is long/)
    assert.ok(text.length < 12_500)
  }
  assert.match(shown[0]!, /\+filler number 39 of many\n\[… 560 more changed lines\]/)
  assert.ok(shown[0]?.endsWith('+the difference that matters'))
  assert.ok(shown[1]?.endsWith('-old\n+the difference that does not'))
})

test('however much is changed, every place is still named', () => {
  const pieces = Array.from({ length: 90 }, (_, at) =>
    hunk(at * 10 + 1, ...Array.from({ length: 10 }, () => `+${'x'.repeat(900)}`)),
  )
  const [one] = differences([file('src/a.ts', ...pieces), ''])
  assert.equal(one?.match(/^@@ /gm)?.length, 90)
  assert.ok(one.length < 12_500, `${one.length}`)
})

test('a line of code that looks like a header of a diff is a line of code', () => {
  const [one] = differences([file('src/a.sql', hunk(1, '--- @@ comment', '++++ b/c')), ''])
  assert.ok(one?.includes('--- @@ comment\n++++ b/c'))
})
