import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Task } from '../../src/core/task.ts'
import { verified } from '../core/sample-story.ts'
import { ASK, asks, jsonOf, openApi, post, stage, type ApiOptions, type ErrorAnswer } from './server.ts'

/** The task a request became, or the error it got. */
async function send(
  body: object,
  headers: Record<string, string> = {},
  options: ApiOptions = {},
): Promise<{ task: Task | undefined; status: number; error: ErrorAnswer['error'] | null }> {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade, ...options })
  const response = await post(`${api.url}/v1/chat/completions`, { stream: false, ...body }, { headers })
  const answer = await jsonOf<Partial<ErrorAnswer>>(response)
  return { task: play.tasks[0], status: response.status, error: answer.error ?? null }
}

const NO_WORKSPACES = {
  workspaces: {
    names: () => [],
    has: async () => false,
    contains: async () => false,
    at: async () => null,
    baseOf: async () => '',
    look: async () => ({ paths: [], read: async () => undefined }),
  },
}
const file = (path: string): string => `\`\`\`${path}\nexport const a = 1\n\`\`\`\n\n`

test('without a name the default workspace is used', async () => {
  const { task } = await send(asks())
  assert.deepEqual(task?.workspace, { kind: 'named', name: 'app' })
  assert.equal(task?.request, ASK)
})

test('a workspace is named by model, header or metadata', async () => {
  const named = async (body: object, headers?: Record<string, string>) =>
    (await send(body, headers)).task?.workspace
  const docs = { kind: 'named', name: 'docs' }
  assert.deepEqual(await named(asks(ASK, { model: 'quorum@docs' })), docs)
  assert.deepEqual(await named(asks(), { 'x-quorum-workspace': 'docs' }), docs)
  assert.deepEqual(await named(asks(ASK, { metadata: { workspace: 'docs' } })), docs)
  assert.deepEqual(await named(asks(ASK, { model: 'quorum@docs' }), { 'x-quorum-workspace': 'docs' }), docs)
})

test('two different names are a 400', async () => {
  const { status, error } = await send(asks(ASK, { model: 'quorum@docs', metadata: { workspace: 'app' } }))
  assert.equal(status, 400)
  assert.equal(error?.param, 'metadata.workspace')
  assert.match(error?.message ?? '', /"docs" and "app"/)
})

test('a name that is not served, or leads outside, is a 400, for conversation too', async () => {
  for (const name of ['nowhere', '../../etc', '/etc', 'app/../..', '']) {
    const model = `quorum@${name}`
    for (const content of [ASK, 'hi']) {
      const { status, error, task } = await send(asks(content, { model }))
      assert.deepEqual([status, error?.param, task], [400, 'model', undefined], model)
    }
  }
})

test('files that the default workspace knows are worked on there, and stay named', async () => {
  const { task } = await send(asks(`${file('src/a.ts')}Make it two`))
  assert.deepEqual(task?.workspace, { kind: 'named', name: 'app' })
  assert.equal(task?.request, 'Make it two\n\nAttached files: src/a.ts')
})

test('files that it does not know become a workspace of their own', async () => {
  const { task } = await send(asks(`${file('other/a.ts')}Make it two`))
  assert.deepEqual(task?.workspace, {
    kind: 'files',
    files: [{ path: 'other/a.ts', content: 'export const a = 1\n' }],
  })
})

test('without any workspace the files in the message are the place to work', async () => {
  const { task } = await send(asks(`${file('src/a.ts')}Make it two`), {}, NO_WORKSPACES)
  assert.equal(task?.workspace.kind, 'files')
})

test('without workspace and files a change is only talked about; a demanded task is a 400', async () => {
  const talked = await send(asks(), {}, NO_WORKSPACES)
  assert.deepEqual([talked.status, talked.task], [200, undefined])
  const demanded = await send(asks(ASK, { metadata: { quorum: 'task' } }), {}, NO_WORKSPACES)
  assert.equal(demanded.status, 400)
  assert.match(demanded.error!.message, /name a workspace/)
})

test('a demanded task that asks for nothing is a 400', async () => {
  const { status, error } = await send(asks(file('src/a.ts'), { metadata: { quorum: 'task' } }))
  assert.deepEqual([status, error?.param], [400, 'messages'])
})

test('earlier turns become the conversation, with their files but without system prompts', async () => {
  const { task } = await send({
    model: 'quorum',
    messages: [
      { role: 'system', content: 'Always answer in blocks' },
      { role: 'user', content: `${file('lib/a.ts')}What is this?` },
      { role: 'assistant', content: 'A constant.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Rename it' },
          { type: 'text', text: 'to b.' },
        ],
      },
    ],
  })
  assert.equal(task?.conversation, 'user: What is this?\n\nassistant: A constant.')
  assert.equal(task?.request, 'Rename it\nto b.\n\nAttached files: lib/a.ts')
  assert.equal(task?.workspace.kind, 'files')
})
