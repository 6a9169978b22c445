import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readNewTest, whyUnfit } from '../../src/core/new-test.ts'

const existing = new Set(['src/price.js', 'test/price.test.js', 'package.json'])
const ground = { existing, judges: new Set<string>() }
const CONTENT = "test('it works', () => assert.equal(price(2, 3), 6))\n"
const block = (path: string, search: string, replace: string): string =>
  `${path}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`

for (const [how, reply] of Object.entries({
  'an empty search': block('test/new.test.js', '', CONTENT),
  'a named fence': `Here it is:\n\n\`\`\`js test/new.test.js\n${CONTENT}\`\`\`\n`,
  'a diff from nothing': `--- /dev/null\n+++ b/test/new.test.js\n@@ -0,0 +1 @@\n+${CONTENT}`,
})) {
  test(`a new file is read from ${how}`, () => {
    assert.deepEqual(readNewTest(reply, existing), {
      ok: true,
      test: { path: 'test/new.test.js', content: CONTENT },
    })
  })
}

for (const [what, reply] of Object.entries({
  'two files': block('test/a.test.js', '', CONTENT) + block('test/b.test.js', '', CONTENT),
  'a change of an existing file': block('src/price.js', 'return 1\n', 'return 2\n'),
  'an existing file anew': block('test/price.test.js', '', CONTENT),
  'an existing file away': '*** Begin Patch\n*** Delete File: src/price.js\n*** End Patch\n',
  prose: 'The request is clear, no test is needed.',
  'a path that leads out': block('../outside.test.js', '', CONTENT),
})) {
  test(`a reply that wants ${what} is no new test`, () => {
    assert.equal(readNewTest(reply, existing).ok, false)
  })
}

test('a test of its own is fit to be run', () => {
  assert.equal(whyUnfit({ path: 'test/new.test.js', content: CONTENT }, ground), null)
})

for (const [why, { path = 'test/new.test.js', content = CONTENT }] of Object.entries<{
  path?: string
  content?: string
}>({
  'is there already': { path: 'test/price.test.js' },
  'is not named as a test': { path: 'src/new.js' },
  'is not named as a test, being text': { path: 'test/new.txt' },
  'may not be written': { path: 'test/.git/new.test.js' },
  'may not be written: it is configuration': { path: 'test/vitest.config.ts' },
  'asserts anything': { content: "test('it works', () => {})\n" },
  'asserts anything, but in a comment': { content: "test('it works', () => {}) // assert.ok(x)\n" },
  'skips a test': { content: `${CONTENT}test.skip('later', () => assert.ok(x()))\n` },
  'reaches for the network': { content: `${CONTENT}await fetch('http://localhost')\n` },
  'is too long': { content: CONTENT.repeat(500) },
})) {
  test(`a test is not run that ${why}`, () => {
    assert.ok(whyUnfit({ path, content }, ground)?.includes(why.split(/,|:/)[0]!))
  })
}

for (const [path, content] of Object.entries({
  'tests/test_new.py': 'def test_new():\n    assert requests.get(URL).ok\n',
  'new_test.go':
    'func TestNew(t *testing.T) {\n\tif _, err := http.Get(url); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n',
  'tests/new.rs': '#[test]\nfn new() { assert!(TcpStream::connect(ADDRESS).is_ok()); }\n',
})) {
  test(`${path} reaches for the network, and is not run`, () => {
    assert.match(whyUnfit({ path, content }, ground) ?? '', /network/)
  })
}

test('to speak of the network is no call', () => {
  const content = "test('says fetch(url)', () => assert.equal(prefetch(2), 'fetch(2)'))\n"
  assert.equal(whyUnfit({ path: 'test/new.test.js', content }, ground), null)
})
