import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spokenTurns } from '../../../src/core/forms/aider-turns.ts'
import { FormName } from '../../../src/core/forms/form.ts'
import { whichForm } from '../../../src/core/forms/which-form.ts'
import { CONTINUE_RULES, instructions, RULES } from './prompts.ts'

const user = (text: string) => ({ role: 'user', text })
const system = (text: string) => ({ role: 'system', text })
const assistant = (text: string) => ({ role: 'assistant', text })
const form = (messages: { role: string; text: string }[], more = {}) =>
  whichForm({ chosen: null, isOpenWebUi: false, messages, ...more })

test('aider is known by its instructions and its rules, and names the fence', () => {
  const ticks = { opens: '```', closes: '```' }
  for (const name of ['aider-whole', 'aider-diff', 'aider-udiff'] as const) {
    const messages = [system(instructions(name)), user('Fix add')]
    assert.deepEqual(form(messages), { name, fence: ticks })
  }
  const tags = { opens: '<source>', closes: '</source>' }
  const quads = { opens: '````', closes: '````' }
  for (const fence of [tags, quads]) {
    assert.deepEqual(form([system(instructions('aider-whole', fence)), user('x')]).fence, fence)
    assert.deepEqual(form([system(instructions('aider-diff', fence)), user('x')]).fence, fence)
  }
  assert.equal(form([user(instructions('aider-diff')), assistant('Ok.'), user('x')]).name, 'aider-diff')
})

test('a phrase without its shape is nobody', () => {
  const nobody = [
    [user(instructions('aider-diff'))],
    [system('Be kind.'), user(instructions('aider-whole'))],
    [system(`Act as a poet.\n${RULES['aider-diff']}`), user('x')],
    [system('Act as an expert software developer.\nAnswer in French.'), user('x')],
    [user(CONTINUE_RULES)],
    [system(CONTINUE_RULES.replaceAll(/<\/?important_rules>/g, '')), user('x')],
    [],
  ]
  for (const messages of nobody)
    assert.equal(form(messages).name, 'diff', JSON.stringify(messages).slice(0, 80))
})

test("Continue's chat and Open WebUI are known by their rules and headers", () => {
  assert.equal(form([system(CONTINUE_RULES), user('x')]).name, 'continue')
  assert.equal(form([user('x')], { isOpenWebUi: true }).name, 'open-webui')
  assert.equal(form([system(CONTINUE_RULES), user('x')], { isOpenWebUi: true }).name, 'continue')
})

test("the caller's choice wins over whatever was recognised, and keeps the fence", () => {
  const fence = { opens: '<pre>', closes: '</pre>' }
  const messages = [system(instructions('aider-whole', fence)), user('x')]
  for (const chosen of FormName.options)
    assert.deepEqual(form(messages, { chosen, isOpenWebUi: true }), { name: chosen, fence })
})

test("of aider's turns only those that somebody spoke are left", () => {
  for (const name of ['aider-whole', 'aider-diff', 'aider-udiff'] as const) {
    const turns = [
      system(instructions(name)),
      user('Change the greeting'),
      assistant('Here it is.'),
      user(
        "I switched to a new code base. Please don't consider the above files or try to edit them any longer.",
      ),
      assistant('Ok.'),
      user('Here are summaries of some files present in my git repository.\nDo not propose changes to them.'),
      assistant("Ok, I won't try and edit those files without asking first."),
      user('Earlier request'),
      assistant('Done.'),
      user('I have *added these files to the chat* so you can go ahead and edit them.\n'),
      assistant('Ok, any changes I propose will be to those files.'),
      user(`Fix add\nand sub\n\n${RULES[name]}`),
    ]
    assert.deepEqual(
      spokenTurns(turns)
        .map(({ text }) => text.split('\n\n')[0]!.slice(0, 30))
        .slice(1),
      ['Earlier request', 'Done.', 'I have *added these files to t', 'Fix add\nand sub'],
      name,
    )
    assert.deepEqual(spokenTurns(turns.slice(1)), turns.slice(1))
    assert.equal(spokenTurns([...turns, system(RULES[name])]).at(-1)?.text, 'Fix add\nand sub')
  }
})
