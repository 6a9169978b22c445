import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathsIn } from '../../../src/core/spec-kit/paths-in.ts'
import { readTasksFile, tick } from '../../../src/core/spec-kit/tasks-file.ts'

const FILE = `# Tasks: Login

- [P] means another file; a line is \`- [ ] T000 what\`

## Phase 1: Setup (Shared)

- [X] T001 Make the folders
- [ ] T002 [P] Describe it in README.md
<!--
- [ ] T900 a sample
-->
## Phase 2: User Story 1 - Log in (Priority: P1) 🎯

### Tests

- [ ] T003 [P] [US1] Test it in tests/login.test.ts
  - with a wrong password, see src/auth/errors.ts
* [ ] **T004** [US1] Write \`src/auth/login.ts\` (depends on T003)

\`\`\`text
- [ ] T901 an example
\`\`\`

## Notes

- [ ] remember the milk
`

test('phases are read in order, with their open and done tasks, and no examples', () => {
  const phases = readTasksFile(FILE)
  assert.deepEqual(
    phases.map(({ number, title, tasks }) => [number, title, tasks.map(({ id }) => id)]),
    [
      ['1', 'Setup (Shared)', ['T001', 'T002']],
      ['2', 'User Story 1 - Log in (Priority: P1) 🎯', ['T003', 'T004']],
    ],
  )
  const [done, readme, login, write] = phases.flatMap(({ tasks }) => tasks)
  assert.deepEqual([done?.isDone, readme?.isDone], [true, false])
  assert.deepEqual(
    [readme?.isParallel, readme?.story, readme?.text],
    [true, null, 'Describe it in README.md'],
  )
  assert.deepEqual([login?.story, login?.isParallel], ['US1', true])
  assert.deepEqual(login?.files, ['tests/login.test.ts', 'src/auth/errors.ts'])
  assert.deepEqual([write?.isParallel, write?.files], [false, ['src/auth/login.ts']])
})

test('a box is ticked in its own line and nowhere else, whatever ends the lines', () => {
  const text = FILE.replaceAll('\n', '\r\n')
  const [, readme, login] = readTasksFile(text).flatMap(({ tasks }) => tasks)
  const ticked = tick(text, [readme!, login!])
  assert.equal(ticked, text.replace('[ ] T002', '[X] T002').replace('[ ] T003', '[X] T003'))
  assert.deepEqual(
    readTasksFile(ticked).flatMap(({ tasks }) => tasks.filter(({ isDone }) => !isDone).map(({ id }) => id)),
    ['T004'],
  )
})

test('an id that is there twice names two tasks', () => {
  const text = '## A\n- [ ] T001 one\n- [ ] T001 two\n'
  const [one, two] = readTasksFile(text).flatMap(({ tasks }) => tasks)
  assert.deepEqual([one?.id, two?.id], ['T001', 'T001-2'])
  assert.equal(tick(text, [two!]), '## A\n- [ ] T001 one\n- [X] T001 two\n')
})

test('paths are told from names, folders, addresses and the feature’s own documents', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['Create User in src/models/user.py', ['src/models/user.py']],
    ['in `src/a.ts`, and "src/b.tsx".', ['src/a.ts', 'src/b.tsx']],
    ['(see ./src/a.ts:12)', ['src/a.ts']],
    ['in app/(shop)/[id]/page.tsx', ['app/(shop)/[id]/page.tsx']],
    ['in (app/page.tsx)', ['app/page.tsx']],
    ['Set up Node.js 20.1 with package.json', ['package.json']],
    ['as plan.md and specs/001-x/contracts/api.yaml say', []],
    ['tests below tests/unit/ and docs/', []],
    ['from https://example.org/a.ts, ../up.ts, /etc/passwd.txt and ~/x.ts', []],
    ['Write .gitignore, .env.example, web/Dockerfile', ['.gitignore', '.env.example', 'web/Dockerfile']],
    ['a .local folder, the Makefiles and `Makefile`', ['Makefile']],
    ['e.g. v1.2, U.S. and and/or', []],
  ]
  for (const [text, paths] of cases) assert.deepEqual(pathsIn(text), paths, text)
})
