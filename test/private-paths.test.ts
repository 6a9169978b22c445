import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privatePaths } from '../src/private-paths.ts'

test('private paths are chosen as .gitignore chooses', () => {
  const table: [patterns: string[], yes: string[], no: string[]][] = [
    [['.env'], ['.env', 'a/b/.env', '.env/x'], ['.env.local', 'a.env']],
    [['*.key'], ['x.key', 'a/.key', '.hidden/x.key'], ['key', 'x.keys']],
    [['secrets/'], ['secrets/a', 'q/secrets/.env', 'secrets/.x/y'], ['secrets', 'mysecrets/a']],
    [['/config/prod.json'], ['config/prod.json'], ['a/config/prod.json']],
    [['docs/*.txt'], ['docs/a.txt'], ['docs/b/a.txt', 'a/docs/a.txt']],
    [['a/**/z'], ['a/z', 'a/b/.c/z', 'a/z/y'], ['b/a/z']],
    [
      ['my files/', 'a b.txt'],
      ['my files/x', 'q/a b.txt', 'a b.txt/c'],
      ['my files', 'b.txt'],
    ],
    [['!src/', 'src/a/', '!src/a/b'], ['src/a/c'], ['src/x', 'src/a/b', 'src/a/b/c']],
    [['**/private/**'], ['private/a', 'x/private/.b/c'], ['private']],
    [
      ['*.pem', '!public.pem'],
      ['a.pem', 'x/b.pem'],
      ['public.pem', 'x/public.pem'],
    ],
    [['', ' ', '/', '!'], [], ['a', '.env']],
  ]
  for (const [patterns, yes, no] of table) {
    const isPrivate = privatePaths(patterns)
    for (const path of yes) assert.equal(isPrivate(path), true, `${patterns.join(' ')}: ${path}`)
    for (const path of no) assert.equal(isPrivate(path), false, `${patterns.join(' ')}: ${path}`)
  }
})
