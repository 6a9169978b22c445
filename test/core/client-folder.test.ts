import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientFolders } from '../../src/core/client-folder.ts'

/** How clients name the folder they work in, the first six as their requests were recorded. */
const TOLD: [client: string, role: string, text: string][] = [
  [
    'opencode',
    'system',
    '<env>\n  Working directory: /home/ann/app\n  Workspace root folder: /home/ann/app\n',
  ],
  ['pi', 'developer', 'You are an expert.\nCurrent working directory: /home/ann/app'],
  ['Cline', 'system', '3. Home: /home/ann\n4. Working Directory: /home/ann/app\n5. Date'],
  [
    'Qwen Code',
    'user',
    "My operating system is: linux\nI'm currently working in the directory: /home/ann/app\nHere is",
  ],
  ["Continue's CLI", 'system', '<env>\nWorking directory: /home/ann/app\nIs directory a git repo: true'],
  ['Codex', 'user', '<environment_context>\n  <cwd>/home/ann/app</cwd>\n  <shell>bash</shell>'],
  ['Claude Code', 'system', '- Primary working directory: /home/ann/app'],
  ['Roo Code', 'user', '<environment_details>\n# Current Workspace Directory (/home/ann/app) Files\n'],
  [
    'Copilot',
    'user',
    '<workspace_info>\nI am working in a workspace with the following folders:\n- /home/ann/app \n',
  ],
  ['Zed', 'system', 'The current project contains the following root directories:\n\n- `/home/ann/app`\n'],
]

for (const [client, role, text] of TOLD) {
  test(`the folder of ${client} is known`, () => {
    assert.deepEqual(clientFolders([{ role, text }]), ['/home/ann/app'])
  })
}

test('what a user or a tool says of folders is no folder of the client', () => {
  const text = 'Working directory: /etc\nCurrent working directory: /etc'
  for (const role of ['user', 'assistant', 'tool']) assert.deepEqual(clientFolders([{ role, text }]), [])
})

test('only whole paths count, and each once', () => {
  const text =
    'Working directory: app\nWorking directory: /a/\nCurrent working directory: `/a`\nWorking directory: /'
  assert.deepEqual(clientFolders([{ role: 'system', text }]), ['/a', '/'])
})

test('a message of any length is read in no time to speak of', () => {
  const text = `Working directory: ${' '.repeat(5_000_000)}\n${'working directory'.repeat(300_000)}`
  assert.deepEqual(clientFolders([{ role: 'system', text }]), [])
})
