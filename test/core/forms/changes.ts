import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ChangedFile } from '../../../src/core/task.ts'

export type Change = { readonly name: string; readonly files: readonly ChangedFile[] }

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `export const value${index + 1} = ${index + 1}\n`).join('')

const one = (name: string, path: string, before: string | null, after: string | null): Change => ({
  name,
  files: [{ path, before, after }],
})

const branches = (name: string): string =>
  `if (${name}) {\n  open()\n  read()\n  close()\n}\n\nif (other) {\n  open()\n  read()\n  close()\n}\n`

/** Changes that every form has to carry to the letter. */
export const CHANGES: readonly Change[] = [
  one('a file of one line', 'src/one.ts', 'export const a = 1\n', 'export const a = 2\n'),
  one('a file of three lines', 'src/three.ts', 'a()\nb()\nc()\n', 'a()\nbee()\nc()\n'),
  one('more is added than there was', 'src/more.ts', 'start()\n', `start()\n${numbered(30)}`),
  one('in front of everything', 'src/top.py', numbered(9), `import os\n${numbered(9)}`),
  one(
    'several places',
    'src/places.ts',
    numbered(60),
    numbered(60)
      .replace('= 3\n', '= 33\n')
      .replace('= 50\n', '= 0\n')
      .replace(/export const value30 .*\n/, ''),
  ),
  one(
    'a line among equal ones',
    'src/equal.ts',
    branches('first'),
    branches('first').replace(/read\(\)(?=\n {2}close\(\)\n\}\n$)/, 'write()'),
  ),
  one(
    'the second of two equal stretches',
    'src/twice.ts',
    'x\ny\nz\n'.repeat(30),
    `${'x\ny\nz\n'.repeat(20)}x\nY\nz\n${'x\ny\nz\n'.repeat(9)}`,
  ),
  one('other indentation', 'src/indent.py', 'if a:\n    b()\nb()\n', 'if a:\n    b()\n    b()\n'),
  one('a new file', 'src/made.ts', null, 'export const made = true\n\nexport const twice = 2\n'),
  one('a new file that is named in its first line', 'src/named.py', null, '# named.py\nx = 1\n'),
  one('an empty file is filled', 'src/empty.ts', '', 'export {}\n'),
  one('blank lines at the end', 'src/blank.ts', 'a\n\n\n', 'a\nb\n\n\n'),
  one('other comments', 'src/query.sql', 'select 1;\nselect 2;\n', '-- the second\nselect 2;\n'),
  one(
    'backticks',
    'src/template.ts',
    'const a = `x`\nconst b = 1\n',
    'const a = `${x} ```` y`\nconst b = 1\n',
  ),
  one('everything is another', 'src/all.rs', 'fn a() {}\nfn b() {}\n', 'struct A;\nstruct B;\nstruct C;\n'),
  {
    name: 'several files, one of them gone',
    files: [
      { path: 'src/a.ts', before: 'one\ntwo\n', after: 'one\n2\n' },
      { path: 'lib/b.py', before: numbered(20), after: numbered(21) },
      { path: 'src/old.ts', before: 'old\n', after: null },
      { path: 'src/new.ts', before: null, after: 'new\n' },
    ],
  },
]

/** Line ends that not every form can carry. */
export const LINE_ENDS: readonly Change[] = [
  one('no line end at the end, before and after', 'src/open.ts', 'a\nb\nc', 'a\nB\nc'),
  one('the line end at the end is added', 'src/ended.ts', 'a\nb', 'a\nb\n'),
  one('the line end at the end is taken away', 'src/unended.ts', 'a\nb\n', 'a\nb'),
  one('a last line is added to a file without a line end', 'src/last.ts', 'a\nb', 'a\nb\nc'),
  one('a new file without a line end', 'src/bare.ts', null, 'a\nb'),
  one('line ends of Windows', 'src/windows.ts', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\nd\r\n'),
]

/** git's own diff of a change; asked for once for each. */
export function diffOf(files: readonly ChangedFile[]): string {
  const diff = known.get(files) ?? askGit(files)
  known.set(files, diff)
  return diff
}

const known = new WeakMap<readonly ChangedFile[], string>()

function askGit(files: readonly ChangedFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-forms-'))
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'core.autocrlf=false', ...args], { cwd: folder, encoding: 'utf8' })
  const write = (which: 'before' | 'after'): void => {
    for (const file of files) {
      const text = file[which]
      if (text === null) rmSync(join(folder, file.path), { force: true })
      else {
        mkdirSync(dirname(join(folder, file.path)), { recursive: true })
        writeFileSync(join(folder, file.path), text)
      }
    }
  }
  try {
    git('init', '-q')
    write('before')
    git('add', '-A')
    const before = git('write-tree').trim()
    write('after')
    git('add', '-A')
    return git('diff', '--no-renames', '--cached', before)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
