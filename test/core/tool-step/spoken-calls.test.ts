import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSpoken } from '../../../src/core/tool-step/spoken-calls.ts'
import { offer, RUN } from './offered.ts'

const CALL = { name: 'read', arguments: '{"path":"a"}' }
const JSON_CALL = '{"name": "read", "arguments": {"path":"a"}}'

test('a call that was written into the text is read where it is plain what was meant', () => {
  for (const text of [
    `<tool_call>\n${JSON_CALL}\n</tool_call>`,
    `<tool_call>${JSON_CALL}`,
    '<tool_call>{"name":"read","arguments":"{\\"path\\":\\"a\\"}"}</tool_call>',
    '<tool_call>\n<function=read>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>',
    '<function=read>{"path":"a"}</function>',
    '<function=read><parameter=path>a</parameter></function>',
    `[TOOL_CALLS][${JSON_CALL}]`,
    `\`\`\`json\n${JSON_CALL}\n\`\`\``,
    JSON_CALL,
  ]) {
    const spoken = readSpoken(text, offer())
    assert.equal(spoken.kind, 'calls', text)
    const calls = spoken.kind === 'calls' ? spoken.calls : []
    assert.deepEqual(
      calls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) })),
      [{ ...CALL, arguments: { path: 'a' } }],
      text,
    )
  }
})

test('several calls are read one after another, and the words before them kept', () => {
  const text = `I look.\n<tool_call>${JSON_CALL}</tool_call>\n<tool_call>${JSON_CALL}</tool_call>`
  const spoken = readSpoken(text, offer())
  assert.ok(spoken.kind === 'calls')
  assert.deepEqual([spoken.text, spoken.calls.length], ['I look.', 2])
})

test('what a tag holds is a text where the schema says so, and JSON elsewhere', () => {
  const text =
    '<function=run>\n<parameter=command>\n12\n</parameter>\n<parameter=background>\ntrue\n</parameter>\n</function>'
  const spoken = readSpoken(text, offer({ tools: [RUN] }))
  const [call] = spoken.kind === 'calls' ? spoken.calls : []
  assert.deepEqual(JSON.parse(call!.arguments), { command: '12', background: true })
})

test('what only looks like a call is words', () => {
  for (const text of [
    'Done.',
    `For example:\n\`\`\`\n<tool_call>${JSON_CALL}</tool_call>\n\`\`\``,
    `The model then says <tool_call> and the name.`,
    `\`\`\`json\n${JSON_CALL}\n\`\`\`\nis what a call looks like.`,
    '```json\n{"name":"my-package","version":"1.0.0"}\n```',
    '{"name":"other","arguments":{}}',
    '{"path":"a"}',
  ]) {
    assert.equal(readSpoken(text, offer()).kind, 'words', text)
  }
})

test('a call that was begun and cannot be read is unclear, never words', () => {
  for (const text of [
    '<tool_call>read a</tool_call>',
    `<tool_call>${JSON_CALL}</tool_call> and then I will see`,
    '<function=read><parameter=path>a',
    '<function=read',
    '[TOOL_CALLS]read{"path":"a"}',
    '<|tool_call|>read',
    '  <tool_call>',
  ]) {
    assert.equal(readSpoken(text, offer()).kind, 'unclear', text)
  }
})
