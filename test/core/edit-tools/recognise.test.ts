import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editKit } from '../../../src/core/edit-tools/recognise.ts'
import type { OfferedTool } from '../../../src/core/offered-tool.ts'
import { CLIENTS, offered, PATCH_TOOL, toolsOf, type Client } from './client-tools.ts'

/** Which tools of each client change files and in which way, whether paths are absolute, and what reads. */
const FOUND: Record<Client, { ways: string[]; absolute: boolean; reads: string | null; first: boolean }> = {
  opencode: { ways: ['edit replace', 'write write'], absolute: true, reads: 'read', first: true },
  pi: { ways: ['edit replace-all', 'write write'], absolute: false, reads: 'read', first: false },
  cline: { ways: ['editor replace', 'editor write'], absolute: true, reads: null, first: false },
  qwen: { ways: ['edit replace', 'write_file write'], absolute: true, reads: 'read_file', first: true },
  cn: { ways: ['Write write', 'Edit replace'], absolute: false, reads: 'Read', first: true },
  codex: { ways: [], absolute: false, reads: null, first: false },
}

for (const client of CLIENTS) {
  test(`what ${client} offers is known for what it does`, () => {
    const { tools, reads } = editKit(toolsOf(client))
    const { ways, absolute, first, reads: reader } = FOUND[client]
    assert.deepEqual(
      tools.map(({ name, kind }) => `${name} ${kind}`),
      ways,
    )
    assert.ok(tools.every((tool) => tool.absolute === absolute))
    assert.equal(reads?.name ?? null, reader)
    assert.equal(
      tools.some(({ wantsReading }) => wantsReading),
      first,
    )
  })
}

const string = { type: 'string' }
const kindsOf = (...tools: OfferedTool[]): string[] => editKit(tools).tools.map(({ kind }) => kind)

test('the form of the arguments tells a tool, whatever their spelling', () => {
  for (const [path, before, after] of [
    ['filePath', 'oldString', 'newString'],
    ['file_path', 'old_str', 'new_str'],
    ['target_file', 'search', 'replace'],
    ['path', 'oldText', 'newText'],
  ] as const) {
    assert.deepEqual(kindsOf(offered('change', { [path]: string, [before]: string, [after]: string })), [
      'replace',
    ])
  }
  const nullable = { anyOf: [string, { type: 'null' }] }
  assert.deepEqual(
    kindsOf(offered('change', { path: string, old: nullable, new: { type: ['string', 'null'] } })),
    ['replace'],
  )
  assert.deepEqual(kindsOf(offered('save', { file: string, contents: string })), ['write'])
  assert.deepEqual(kindsOf(PATCH_TOOL), ['patch'])
})

test('an argument that says why is filled in, and a switch is off', () => {
  const tool = offered('change', {
    path: string,
    old_string: string,
    new_string: string,
    explanation: string,
    replace_all: { type: 'boolean' },
  })
  const { fixed } = editKit([tool]).tools[0]!
  assert.deepEqual(Object.keys(fixed), ['explanation', 'replace_all'])
  assert.equal(fixed['replace_all'], false)
})

test('nothing is a tool for files that is not surely one', () => {
  const write = { path: string, content: string }
  const strange = [
    offered('create_or_update_file', { owner: string, repo: string, ...write }),
    offered('write_note', write, { description: 'writes a note' }),
    offered('mcp__files__write_file', write),
    offered('memory_write', write, { description: 'a file of your own memory' }),
    offered('write', { path: string, content: string, mode: { type: 'integer' } }),
    offered('rename', { path: string, input: string }),
    offered('ask', { input: string }, { description: 'asks about a file' }),
    offered('edit', {
      path: string,
      edits: { type: 'array', items: { type: 'object', properties: { line: string } } },
    }),
    { name: 'edit', description: 'file', parameters: {} },
    { name: 'edit', description: 'file', parameters: { properties: 'none', required: 7 } },
  ]
  for (const tool of strange) assert.deepEqual(kindsOf(tool), [], tool.name)
})
