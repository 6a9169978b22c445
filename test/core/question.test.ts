import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseFor, listFor } from '../../src/core/question.ts'
import { filesMeant, looksLikeFile, markReferences, readReferences } from '../../src/core/references.ts'
import { holdsKey, mayBeRead } from '../../src/core/secret-files.ts'

const file = (path: string, content: string) => ({ path, content })
const pathsIn = (shown: string): string[] => Array.from(shown.matchAll(/^`{3,} (.+)$/gm), ([, path]) => path!)

test('keys and passwords are never read for a question', () => {
  const secret = [
    '.env .env.local config/.env.production app.env prod.env env .envrc .git/config id_rsa deploy/id_ed25519',
    '.ssh/config .aws/credentials .npmrc .netrc certs/server.pem server.key keystore.jks secrets.yml secret.json',
    'credentials.json config/credentials.yml.enc service-account-prod.json terraform.tfstate prod.tfvars .htpasswd',
    'node_modules/x/index.js client_secret.json .docker/config.json a.p12 A.PEM .Env',
  ]
  const plain = [
    'src/env.ts src/secrets.ts src/credentials/login.ts README.md src/environment.ts keys.ts src/key.ts lib/keyboard.js',
    'test/secret.test.ts monkey docs/environments.md tokens.css',
  ]
  const split = (lines: string[]): string[] => lines.flatMap((line) => line.split(' '))
  assert.deepEqual(split(secret).filter(mayBeRead), [])
  assert.deepEqual(
    split(plain).filter((path) => !mayBeRead(path)),
    [],
  )
  assert.ok(holdsKey('-----BEGIN RSA PRIVATE KEY-----\nabc'))
  assert.ok(holdsKey('x = `-----BEGIN PRIVATE KEY-----`'))
  assert.equal(holdsKey('-----BEGIN PUBLIC KEY-----'), false)
})

test('the file that declares what is asked for comes first, with its lines numbered', () => {
  const files = [
    file('src/app.ts', "import { slugify } from './text.ts'\nslugify('a')\nslugify('b')\n"),
    file('src/text.ts', '// text\nexport function slugify() {}\n'),
    file('src/other.ts', 'export const other = 1\n'),
  ]
  const { text, whole } = chooseFor(files, 'where is slugify defined?', 10_000)
  assert.deepEqual(pathsIn(text), ['src/text.ts', 'src/app.ts', 'src/other.ts'])
  assert.deepEqual(whole, pathsIn(text))
  assert.match(text, /^``` src\/text\.ts\n1\| \/\/ text\n2\| export function slugify\(\) \{\}\n```\n/)
})

test('a file that the question names goes before all others, and an overview begins with the guides', () => {
  const files = [
    file('src/login.ts', 'login login\n'),
    file('README.md', 'About.\n'),
    file('src/a.ts', 'export const a = 1\n'),
  ]
  assert.equal(pathsIn(chooseFor(files, 'does src/a.ts have to do with login?', 5_000).text)[0], 'src/a.ts')
  assert.equal(pathsIn(chooseFor(files, 'what does this project do?', 5_000).text)[0], 'README.md')
})

test('of a long file the parts around the words of the question are shown', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) =>
    index === 3_999 ? 'const needle = 1' : `line ${index}`,
  )
  const { text, whole } = chooseFor([file('src/long.ts', lines.join('\n'))], 'where is needle set?', 8_000)
  assert.match(text, /\n4000\| const needle = 1\n/)
  assert.match(text, /\n…\n3988\| /)
  assert.doesNotMatch(text, /\n1\| /)
  assert.ok(text.length <= 8_000)
  assert.deepEqual(whole, [])
})

test('no file closes the fence around it, and what is shown never exceeds its room', () => {
  const { text } = chooseFor([file('a.md', '```ts\nx\n```\n')], 'a.md?', 1_000)
  assert.match(text, /^```` a\.md\n[\s\S]*\n````$/)
  const many = Array.from({ length: 300 }, (_, index) => file(`src/${index}.ts`, 'parser\n'.repeat(40)))
  for (const most of [500, 2_000, 20_000]) {
    const { text: shown } = chooseFor(many, 'how does the parser work?', most)
    // the blank lines between files are not counted
    assert.ok(shown.length <= most + 2 * pathsIn(shown).length, `${shown.length} of ${most}`)
  }
  assert.equal(listFor(['a.ts', 'b.ts', 'c.ts'], 10), 'a.ts\nb.ts\n… and 1 more')
})

test('references are read from prose, links and ranges, and addresses are none', () => {
  const read = (text: string): string[] => readReferences(text).map(({ path, line }) => `${path}:${line}`)
  assert.deepEqual(read('See src/a.ts:3, `lib/b.py:10-12` and [c](./docs/c.md#L7).'), [
    'src/a.ts:3',
    'lib/b.py:12',
    'docs/c.md:7',
  ])
  assert.deepEqual(read('src/a.ts:3 and again src/a.ts:3'), ['src/a.ts:3'])
  const none = [
    'localhost:3000',
    'http://x.dev/a.ts:3',
    '127.0.0.1:80',
    'at 12:30',
    'node_modules/x/y.js:3',
    'a:1',
  ]
  assert.deepEqual(none.flatMap(read), [])
})

test('a reference means the file at its path, or those that end so', () => {
  const paths = ['src/a/route.ts', 'src/b/route.ts', 'route.ts']
  assert.deepEqual(filesMeant({ path: 'route.ts', line: 1 }, paths), ['route.ts'])
  assert.deepEqual(filesMeant({ path: 'a/route.ts', line: 1 }, paths), ['src/a/route.ts'])
  assert.deepEqual(filesMeant({ path: 'oute.ts', line: 1 }, paths), [])
  assert.equal(looksLikeFile({ path: 'example.com', line: 443 }, paths), false)
  assert.equal(looksLikeFile({ path: 'gone.ts', line: 1 }, paths), true)
})

test('a place that is not there is marked behind it, and behind the ticks or the link it stands in', () => {
  const mark = (text: string): string =>
    markReferences(text, ({ path, line }) => (path === 'gone.ts' || line > 9 ? 'no such' : null))
  for (const [text, marked] of [
    ['See gone.ts:1, a.ts:3.', 'See gone.ts:1 (no such), a.ts:3.'],
    ['`a.ts:10` and **./gone.ts#L7**', '`a.ts:10` (no such) and **./gone.ts#L7** (no such)'],
    ['(a.ts:3-12) [x](gone.ts:2)', '(a.ts:3-12 (no such)) [x](gone.ts:2) (no such)'],
    ['a.ts:3 alone', 'a.ts:3 alone'],
  ] as const)
    assert.equal(mark(text), marked)
})

test('an answer of a megabyte made to be slow is read once', () => {
  for (const piece of ['a/', 'a.', 'a.ts:', 'a.ts:1 ', './', '-', 'a.ts:1-']) {
    assert.ok(readReferences(piece.repeat(500_000)).length <= 200)
    assert.ok(markReferences(piece.repeat(500_000), () => null).length > 0)
  }
})
