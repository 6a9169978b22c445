import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseTemplate, renderTemplate } from '../../src/core/template.ts'

const FRONT = '---\noutput: json\ntemperature: 0.2\nmax_tokens: 2000\n---\n'
const file = (system: string, user: string): string => `${FRONT}## system\n${system}\n\n## user\n${user}\n`

test('a prompt file is its contract and its two parts', () => {
  assert.deepEqual(parseTemplate(file('You plan.\n\n### Rules\nBe brief.', 'Do {{request}}')), {
    output: 'json',
    temperature: 0.2,
    maxTokens: 2000,
    system: 'You plan.\n\n### Rules\nBe brief.',
    user: 'Do {{request}}',
  })
})

test('line ends of Windows make no difference', () => {
  const source = file('You plan.\nTwo lines.', '{{request}}')
  assert.deepEqual(parseTemplate(source.replaceAll('\n', '\r\n')), parseTemplate(source))
})

test('an example in JSON may end in closing braces', () => {
  const { user } = renderTemplate(parseTemplate(file('a', '{"a":{"b":{}}} {{x}}')), { x: '1' })
  assert.equal(user, '{"a":{"b":{}}} 1')
})

const bad: Record<string, { source: string; says: RegExp }> = {
  'without front matter': { source: '## system\na\n## user\nb', says: /front matter/ },
  'whose front matter does not end': { source: '---\noutput: json\n## system\n', says: /front matter/ },
  'with an unknown output kind': { source: file('a', 'b').replace('json', 'yaml'), says: /output/ },
  'with a missing key': { source: file('a', 'b').replace('temperature: 0.2\n', ''), says: /temperature/ },
  'with an unknown key': { source: file('a', 'b').replace('output', 'top_p: 1\noutput'), says: /top_p/ },
  'with a key twice': { source: file('a', 'b').replace('output', 'output: text\noutput'), says: /twice/ },
  'with a number that is none': { source: file('a', 'b').replace('0.2', 'warm'), says: /temperature/ },
  'with a line that is no pair': {
    source: file('a', 'b').replace('output: json', 'output'),
    says: /key: value/,
  },
  'without a user part': { source: `${FRONT}## system\na\n`, says: /## user/ },
  'with its parts the wrong way round': { source: `${FRONT}## user\na\n## system\nb`, says: /## user/ },
  'with two system parts': { source: `${file('a', 'b')}## system\nc`, says: /## system/ },
  'with an empty part': { source: file('', 'b'), says: /both/ },
  'with text before its first part': {
    source: file('a', 'b').replace('## system', 'x\n## system'),
    says: /between/,
  },
  'with a placeholder written with spaces': { source: file('a', '{{ request }}'), says: /\{\{name\}\}/ },
  'with a placeholder left open': { source: file('a', '{{request}'), says: /\{\{name\}\}/ },
}
for (const [what, { source, says }] of Object.entries(bad)) {
  test(`a prompt ${what} is refused`, () => assert.throws(() => parseTemplate(source), says))
}

test('a missing value and a value nobody asks for are refused by name', () => {
  const template = parseTemplate(file('{{role}}', '{{request}}'))
  assert.throws(() => renderTemplate(template, { role: 'r' }), /request/)
  assert.throws(() => renderTemplate(template, { role: 'r', request: 'q', extra: 'e' }), /extra/)
  assert.throws(() => renderTemplate(parseTemplate(file('a', '{{toString}}')), {}), /toString/)
})

/** Text that looks for trouble: placeholders, patterns of `replace`, braces. */
const troubled = fc.oneof(
  fc.string(),
  fc.constantFrom('{{a}}', '{{b}}', '$&', '$1', '$$', '$`', '{{', '}}', '{{unknown}}', '## user'),
)

test('any value comes out exactly as it went in, wherever its placeholder stands', () => {
  const template = parseTemplate(file('<{{a}}>', '[{{b}}|{{a}}]'))
  fc.assert(
    fc.property(troubled, troubled, (a, b) => {
      assert.deepEqual(renderTemplate(template, { a, b }), { system: `<${a}>`, user: `[${b}|${a}]` })
    }),
  )
})

test('exactly the placeholders of a template are its values, no more and no less', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]\w{0,8}$/), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(names, fc.nat(), (names, pick) => {
      const template = parseTemplate(file('s', names.map((name) => `{{${name}}}`).join(' ')))
      const values = Object.fromEntries(names.map((name) => [name, name.toUpperCase()]))
      assert.equal(renderTemplate(template, values).user, names.map((name) => name.toUpperCase()).join(' '))
      const dropped = names[pick % names.length]!
      const fewer = Object.fromEntries(Object.entries(values).filter(([name]) => name !== dropped))
      assert.throws(() => renderTemplate(template, fewer), new RegExp(dropped))
    }),
  )
})
