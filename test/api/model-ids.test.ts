import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ModelList } from './published-schema.ts'
import { asks, openApi, post, stage } from './server.ts'

const NAMES = ['o1-tools', 'gpt-5x', 'demo1', 'Repo3', 'todo2', 'plain', 'demo_1']

const workspaces = {
  names: () => NAMES,
  has: async (name: string) => NAMES.includes(name),
}

/** What clients look for in a model's name, and then take it for one of OpenAI's. */
const MISREAD = [/^o\d/, /gpt-[5-9]/i, /o[134]/i]

test('no workspace gives a listed model a name that clients misread', async () => {
  await using api = await openApi({ workspaces })
  const { data } = ModelList.parse(await (await fetch(`${api.url}/v1/models`)).json())
  const ids = data.map(({ id }) => id)
  assert.deepEqual(
    ids.filter((id) => MISREAD.some((pattern) => pattern.test(id))),
    [],
  )
  assert.deepEqual(ids.slice(4), [
    'quorum@o_1-tools',
    'quorum@gpt_5x',
    'quorum@demo_1',
    'quorum@Repo_3',
    'quorum@todo2',
    'quorum@plain',
  ])
  for (const id of ids) assert.equal((await fetch(`${api.url}/v1/models/${id}`)).status, 200, id)
})

test('a listed name and the workspace’s own both lead there, and an own name comes first', async () => {
  const { cascade, tasks } = stage()
  await using api = await openApi({ workspaces, cascade })
  const led = {
    'o_1-tools': 'o1-tools',
    'o1-tools': 'o1-tools',
    gpt_5x: 'gpt-5x',
    demo1: 'demo1',
    demo_1: 'demo_1',
  }
  for (const [asked, name] of Object.entries(led)) {
    const leave = new AbortController()
    const body = asks('Fix the parser', { model: `quorum@${asked}`, stream: true })
    await post(`${api.url}/v1/chat/completions`, body, { signal: leave.signal })
    assert.deepEqual(tasks.at(-1)?.workspace, { kind: 'named', name })
    leave.abort()
  }
})
