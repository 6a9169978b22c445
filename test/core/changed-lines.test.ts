import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedLines } from '../../src/core/changed-lines.ts'

const DIFF = `diff --git a/src/a.ts b/src/a.ts
index ce01362..94954ab 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3,4 +3,4 @@ function one() {
 three
-four
+FOUR
+FIVE
 five
--- six
\\ No newline at end of file
diff --git a/new.ts b/new.ts
new file mode 100644
--- /dev/null
+++ b/new.ts
@@ -0,0 +1,2 @@
+one
+++ two
diff --git a/src/b.ts b/src/b.ts
--- a/src/b.ts
+++ b/src/b.ts
@@ -7,0 +8 @@
+eight
`

test('a diff tells which lines come, by the files as they will be', () => {
  assert.deepEqual(Object.fromEntries(changedLines(DIFF)), {
    'src/a.ts': [4, 5, 7],
    'new.ts': [1, 2],
    'src/b.ts': [8],
  })
})

test('and which lines go or stand before what comes, by the files as they were', () => {
  assert.deepEqual(Object.fromEntries(changedLines(DIFF, 'before')), { 'src/a.ts': [4, 6], 'src/b.ts': [7] })
})
