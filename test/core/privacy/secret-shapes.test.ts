import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { redactSecrets } from '../../../src/core/privacy/secret-shapes.ts'

// put together here, so that nobody who looks for leaked keys finds these
const letters = (count: number): string => 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z'.repeat(9).slice(0, count)
const SECRETS: readonly (readonly [kind: string, text: string, secret: string])[] = [
  ['AWS access key', '', `AKIA${'Q7'.repeat(8)}`],
  ['GitHub token', 'x = ', `ghp_${letters(36)}`],
  ['GitHub token', '', `github_pat_${letters(60)}`],
  ['GitLab token', '', `glpat-${letters(20)}`],
  ['Slack token', '', `xoxb-${letters(40)}`],
  ['Google API key', '"', `AIza${letters(35)}`],
  ['API key', 'key: ', `sk-proj-${letters(40)}`],
  ['Stripe key', '', `sk_live_${letters(24)}`],
  ['npm token', '//registry.npmjs.org/:_authToken=', `npm_${letters(36)}`],
  ['web token', '', `eyJ${letters(20)}.eyJ${letters(40)}.${letters(30)}`],
  ['bearer token', 'Authorization: Bearer ', letters(32)],
  ['password in an address', 'postgres://ann:', 'hunter2hunter2'],
  ['assigned secret', 'DB_PASSWORD=', 'correct-horse'],
  ['assigned secret', 'a\n  export STRIPE_SECRET_KEY="', 'whsec8472634'],
]

test('each kind of secret is taken out, and told by its kind', () => {
  for (const [kind, before, secret] of SECRETS) {
    const behind = kind === 'password in an address' ? '@db/app' : before.endsWith('"') ? '"' : ''
    const { text, kinds } = redactSecrets(`${before}${secret}${behind}`)
    assert.equal(text, `${before}[redacted]${behind}`, secret)
    assert.deepEqual(kinds, [kind])
  }
})

test('a private key goes from its first line to its last, or to the end of the text', () => {
  const begin = '-----BEGIN RSA PRIVATE KEY-----'
  const end = '-----END RSA PRIVATE KEY-----'
  assert.equal(redactSecrets(`a\n${begin}\nMIIE\n${end}\nb`).text, 'a\n[redacted]\nb')
  assert.equal(redactSecrets(`a ${begin}\nMIIE`).text, 'a [redacted]')
  assert.equal(redactSecrets(JSON.stringify(`${begin}\nMIIE\n${end}`)).text, '"[redacted]"')
})

test('code that only speaks of secrets stays as it is', () => {
  const code = [
    'const API_KEY = process.env.API_KEY',
    'PASSWORD = getpass("Password: ")',
    'MAX_TOKENS = 4096',
    'TOKEN=${TOKEN}',
    'const token = await login(user, password)',
    'https://user@example.org/path',
    'task-skipped-because-of-sk-8',
    'Bearer <token>',
  ].join('\n')
  assert.deepEqual(redactSecrets(code), { text: code, kinds: [] })
})

test('what is redacted once holds nothing more to redact, and a megabyte of beginnings takes no time to speak of', () => {
  const part = fc.constantFrom(...SECRETS.map(([, before, secret]) => before + secret), ' ', '\n', '=', 'x')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const once = redactSecrets(parts.join(' ')).text
      assert.equal(redactSecrets(once).text, once)
    }),
  )
  for (const begin of ['A_', 'eyJaaaaaaaaaaa.', 'a://b', '-----BEGIN PRIVATE KEY-----', 'Bearer ', 'export '])
    redactSecrets(begin.repeat(1_000_000 / begin.length))
})
