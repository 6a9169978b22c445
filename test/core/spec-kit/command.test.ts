import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommand, type CommandName } from '../../../src/core/spec-kit/command.ts'

/** A command's file in its shape: the block for the input, hooks, what tells it from others, and how it ends. */
const bodyOf = (mark: string, ending: string, input = '$ARGUMENTS'): string =>
  `## User Input\n\n\`\`\`text\n${input}\n\`\`\`\n\nThe input **comes first**.\n\n## Pre-Execution Checks\n\n    \`\`\`text\n    ## Extension Hooks\n    \`\`\`\n\n${HOOKS}\n\n## Outline\n\n1. Run it\n\n${mark}\n\n   - look\n\n${ending}\n`

const HOOKS = '- If no hooks are registered or `.specify/extensions.yml` does not exist, skip silently'
const DONE = '## Done When\n\n- [ ] All is written\n- [ ] Completion reported to user with'

type Body = readonly [mark: string, ending: string]
/** As the files of github/spec-kit are now. */
const BODIES: Readonly<Record<CommandName, Body>> = {
  specify: [
    '6. **Specification Quality Validation**: look again',
    `### Success Criteria Guidelines\n\nThey must be:\n\n1. **Measurable**\n\n${DONE} feature directory, spec file path, and checklist results`,
  ],
  plan: [
    '### Phase 0: Outline & Research',
    `## Key rules\n\n- ERROR on gate failures or unresolved clarifications\n\n${DONE} branch, plan path, and generated artifacts`,
  ],
  tasks: [
    '## Task Generation Rules',
    `- **Final Phase**: Polish & Cross-Cutting Concerns\n\n${DONE} task count, story breakdown, and MVP scope`,
  ],
  implement: [
    '2. **Check checklists status**',
    `Note: This command assumes a complete task breakdown.\n\n${DONE} summary of completed work`,
  ],
}
/** As they were before, and as somebody else may end them. */
const OTHER_BODIES: readonly (readonly [CommandName, ...Body])[] = [
  [
    'specify',
    BODIES.specify[0],
    '**Bad examples**:\n\n- "Redis cache hit rate above 80%" (technology-specific)',
  ],
  ['plan', BODIES.plan[0], '## Key rules\n\n- ERROR on gate failures or unresolved clarifications'],
  ['tasks', BODIES.tasks[0], '### Phase Structure\n\n- **Final Phase**: Polish & Cross-Cutting Concerns'],
  [
    'implement',
    BODIES.implement[0],
    'Note: This command assumes a complete task breakdown exists in tasks.md.',
  ],
  [
    'implement',
    BODIES.implement[0],
    `Note: This command assumes a complete task breakdown.\n\n10. **Check for extension hooks**: look\n    ${HOOKS}`,
  ],
]
const OWN_ENDING: Body = [BODIES.tasks[0], '### Phase Structure\n\n- **Phase 1**: set-up\n  - and more']
const expanded = (name: CommandName, input?: string): string => bodyOf(...BODIES[name], input)
const COMMANDS: readonly CommandName[] = ['specify', 'plan', 'tasks', 'implement']

for (const name of COMMANDS) {
  const words = 'Only phase 2.\n\nAnd mind the old browsers:\n- all of them'
  const read = (message: string) => {
    const command = readCommand(message)
    return command && [command.name, command.words]
  }

  test(`${name} is read as it is typed, in each spelling`, () => {
    for (const prefix of ['/speckit.', '/speckit-', '$speckit-']) {
      assert.deepEqual(readCommand(`${prefix}${name}`), { name, words: '', prefix })
      assert.deepEqual(readCommand(`  ${prefix}${name} ${words}\n`), { name, words, prefix })
    }
    assert.deepEqual(read(`<task>\n/speckit.${name} ${words}\n</task>`), [name, words])
    assert.deepEqual(read(`"/speckit.${name} US1"`), [name, 'US1'])
  })

  test(`${name} is read as Continue expands it, with what was typed behind it or in its block`, () => {
    const body = expanded(name)
    assert.deepEqual(read(body), [name, ''])
    assert.deepEqual(read(`${body}\n${words}`), [name, words])
    assert.deepEqual(read(`---\ndescription: does it\n---\n\n${body}\n${words}`), [name, words])
    assert.deepEqual(read(`# Speckit ${name}\n\n${body}`), [name, ''])
    assert.deepEqual(read(expanded(name, 'only US2')), [name, 'only US2'])
    assert.deepEqual(read(`${body}\n${words}`.replaceAll('\n', '\r\n')), [name, words])
  })

  test(`${name} is read as Cline sends it`, () => {
    const tag = (type: string, text: string): string =>
      `<explicit_instructions type="${type}">\n${text}\n</explicit_instructions>\n`
    const behind = `<task>\n ${words}\n</task>\n<environment_details>\n# Files\nsrc/a.ts\n</environment_details>`
    assert.deepEqual(readCommand(tag(`speckit-${name}.md`, expanded(name)) + behind), {
      name,
      words,
      prefix: '/speckit-',
    })
    assert.deepEqual(read(tag(`speckit.${name}`, expanded(name))), [name, ''])
    assert.deepEqual(read(tag(`.clinerules/workflows/speckit.${name}.md`, expanded(name, 'US3'))), [
      name,
      'US3',
    ])
  })
}

test('what is typed behind a file is read whatever it begins with, and nothing of the file is', () => {
  const all = [...COMMANDS.map((name) => [name, ...BODIES[name]] as const), ...OTHER_BODIES]
  for (const [name, ...body] of all) {
    assert.equal(readCommand(bodyOf(...body))?.words, '', body[1])
    for (const words of [
      '- [ ] a list\n- of two',
      '**US1** only',
      '1. **First** this',
      '# A title\n\nand text',
      '> said',
    ])
      assert.deepEqual(
        readCommand(`${bodyOf(...body)}\n${words}`),
        { name, words, prefix: '/speckit.' },
        `${body[1]} | ${words}`,
      )
  }
})

test('of a file that ends as none is known to, the words are what is no list', () => {
  const extended = `${expanded('plan')}\n## Rules of the house\n\n- be kind\n`
  for (const body of [bodyOf(...OWN_ENDING), extended]) {
    assert.equal(readCommand(body)?.words, '')
    assert.equal(readCommand(`${body}\nUse Vite.\n\n- and no more`)?.words, 'Use Vite.\n\n- and no more')
  }
})

test('who speaks of a command does not give it', () => {
  const said = [
    'how does /speckit.plan work?',
    'What is the difference between /speckit.plan and /speckit.tasks?',
    '/speckit.plan is slow, why?',
    '/speckit.plan and /speckit.tasks: which comes first?',
    '/speckit.implement does nothing',
    '/speckit.planner draw it',
    '/speckit.',
    '/speckit',
    'speckit.plan it',
    'Run `/speckit.implement` in the docs example',
    '`/speckit.plan`',
    '',
  ]
  assert.deepEqual(
    said.filter((message) => readCommand(message) !== null),
    [],
  )
})

test('commands that only talk are none, raw or expanded', () => {
  for (const name of ['clarify', 'analyze', 'checklist', 'constitution', 'converge', 'taskstoissues']) {
    assert.equal(readCommand(`/speckit.${name} the login`), null, name)
    const tag = `<explicit_instructions type="speckit.${name}.md">\n${bodyOf('3. look', '## Key rules\n\n- x')}</explicit_instructions>`
    assert.equal(readCommand(tag), null, name)
  }
  assert.equal(readCommand(bodyOf('3. Look at spec.md, plan.md and tasks.md', '## Key rules\n\n- x')), null)
})

test('a README that is pasted, a list of commands, and a file that is asked about are none', () => {
  const readme = `# Spec Kit\n\n## Get started\n\n\`\`\`bash\n/speckit.plan The app uses Vite\n\`\`\`\n\n${BODIES.plan[0]}`
  const list = '/speckit.specify Build an app\n/speckit.plan Use Vite\n/speckit.tasks\n/speckit.implement'
  const asked = `What does this file do?\n\n${expanded('implement')}`
  const both = bodyOf(`${BODIES.plan[0]}\n\n${BODIES.tasks[0]}`, BODIES.plan[1])
  for (const message of [readme, list, asked, both]) assert.equal(readCommand(message), null, message)
})

test('a long and hostile message is read at once', () => {
  const many = '## Done When\n\n'.repeat(20_000)
  const started = performance.now()
  for (const text of [
    `## User Input\n\n\`\`\`text\n${many}`,
    `${expanded('tasks')}${many}`,
    '/speckit.'.repeat(50_000),
  ])
    readCommand(text)
  assert.ok(performance.now() - started < 5_000)
})
