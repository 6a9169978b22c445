import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUnbegun } from '../../../src/core/new-project/unbegun.ts'
import { checkPath } from '../../../src/core/paths.ts'

const BESIDE = `README.md
readme
LICENSE
LICENCE.txt
.gitignore
.gitattributes
AGENTS.md
CLAUDE.md
.mcp.json
.specify/feature.json
.specify/scripts/bash/common.sh
.specify/templates/plan-template.md
specs/001-books/spec.md
specs/001-books/contracts/api.yaml
specs/001-books/contracts/books.ts
specs/20260102-030405-books/plan.md
.claude/commands/speckit.plan.md
.github/prompts/speckit.plan.prompt.md
.github/agents/speckit.plan.agent.md
.github/copilot-instructions.md
.cursor/skills/speckit-plan/SKILL.md
.continue/prompts/speckit.plan.md
.windsurf/workflows/speckit.plan.md
.gemini/commands/speckit.plan.toml
.codex/prompts/speckit.plan.md
.opencode/package.json
.vscode/settings.json`.split('\n')

test('a folder of notes, prompts and specifications is a project still to be begun, as an empty one is', () => {
  assert.ok(isUnbegun([]))
  assert.ok(isUnbegun(BESIDE))
  for (const path of BESIDE) assert.ok(isUnbegun([path]), path)
})

test('one file of a project, and it has begun', () => {
  const begun = `src/a.ts
a.py
index.html
notes.txt
docs/idea.md
package.json
pyproject.toml
Makefile
Dockerfile
README.js
.editorconfig
.eslintrc.json
.zshrc
.github/workflows/ci.yml
.gitlab-ci.yml
.circleci/config.yml
.husky/pre-commit
.config/nvim/init.lua
specs/models/user_spec.rb
specs/login.spec.js
specs/package.json
specs/001-books/package.json
specs/001-books/index.ts
packages/.hidden/a.js
app/README.md`
  for (const path of begun.split('\n')) assert.ok(!isUnbegun([...BESIDE, path]), path)
})

test('what configures a project may be written while it is to be begun, and what others run may not', () => {
  const may = (path: string, ...more: string[]): boolean =>
    checkPath(path, {
      filesOwned: [],
      callerOwned: [],
      allowTests: false,
      existing: new Set([...BESIDE, ...more]),
      judges: new Set(),
    }).ok
  for (const path of ['package.json', 'tsconfig.json', '.gitignore', 'src/a.ts']) assert.ok(may(path), path)
  for (const path of ['.claude/commands/x.md', '.github/workflows/ci.yml', '.gitattributes', '.npmrc'])
    assert.ok(!may(path), path)
  assert.ok(!may('package.json', 'src/a.js'))
  assert.ok(!may('.gitignore', 'src/a.js'))
})
