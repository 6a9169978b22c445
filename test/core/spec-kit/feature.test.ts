import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goesOnAnyway, unfinishedIn } from '../../../src/core/spec-kit/checklists.ts'
import { faultInDocuments } from '../../../src/core/spec-kit/documents.ts'
import { newFolder, readFacts, shortName } from '../../../src/core/spec-kit/feature.ts'
import { readRegistry, templateFor } from '../../../src/core/spec-kit/template.ts'

const factsOf = (files: Readonly<Record<string, string>>, paths: readonly string[] = []) =>
  readFacts(new Map(Object.entries(files)), paths)
const naming = (folder: unknown): Record<string, string> => ({
  '.specify/feature.json': JSON.stringify({ feature_directory: folder, more: 1 }),
})

test('the feature is the one that its file names, as far as that is a folder of the project', () => {
  assert.equal(factsOf(naming('specs/003-user-auth')).folder, 'specs/003-user-auth')
  assert.equal(factsOf(naming('./specs/003-user-auth/')).folder, 'specs/003-user-auth')
  for (const folder of ['../other', '/etc', 'specs/../../x', 'C:\\x', '', 7, null])
    assert.equal(factsOf(naming(folder)).folder, null, String(folder))
  assert.equal(factsOf({ '.specify/feature.json': 'not json' }, ['specs/001-a/spec.md']).folder, null)
})

test('where git leaves that file out, it is the feature with the highest number', () => {
  const ignored = { '.specify/.gitignore': '# local\nfeature.json\n' }
  const paths = ['specs/002-b/spec.md', 'specs/010-c/spec.md', 'specs/notes/x.md', 'src/specs/999-d/a.md']
  assert.equal(factsOf(ignored, paths).folder, 'specs/010-c')
  assert.equal(
    factsOf(ignored, [...paths, 'specs/20260102-030405-e/spec.md']).folder,
    'specs/20260102-030405-e',
  )
  assert.equal(factsOf(ignored).folder, null)
  assert.equal(factsOf({}, paths).folder, null)
})

test('a new feature gets the next free number and a few of its words, or the time', () => {
  const paths = ['specs/001-a/spec.md', 'specs/007-b/spec.md', 'specs/20260102-030405-c/spec.md']
  const now = Date.UTC(2026, 0, 31, 9, 5, 7)
  const inTurn = factsOf({})
  const byTime = factsOf({ '.specify/init-options.json': '{"feature_numbering":"timestamp"}' })
  const words = 'I want to add user authentication with OAuth2, please.'
  assert.equal(newFolder(words, paths, inTurn, now), 'specs/008-add-authentication-oauth2')
  assert.equal(newFolder(words, [], inTurn, now), 'specs/001-add-authentication-oauth2')
  assert.equal(newFolder(words, paths, byTime, now), 'specs/20260131-090507-add-authentication-oauth2')
  assert.deepEqual(
    [shortName('???'), shortName('to the'), shortName('../../etc')],
    ['feature', 'to-the', 'etc'],
  )
})

test('a template is the project’s own, a preset’s, an extension’s, or spec-kit’s', () => {
  const paths = [
    '.specify/templates/overrides/plan-template.md',
    '.specify/presets/late/templates/plan-template.md',
    '.specify/presets/soon/templates/plan-template.md',
    '.specify/presets/none/templates/plan-template.md',
    '.specify/extensions/.backup/templates/plan-template.md',
    '.specify/extensions/more/templates/plan-template.md',
    '.specify/templates/plan-template.md',
  ]
  const registry = readRegistry(
    JSON.stringify({
      presets: { late: { priority: 9 }, soon: { priority: 1 }, none: { priority: 0, enabled: false } },
    }),
  )
  const found: (string | null)[] = []
  for (let left = paths; ;) {
    const path = templateFor('plan-template', left, registry)
    found.push(path)
    if (path === null) break
    left = left.filter((other) => other !== path)
  }
  const order = [paths[0], paths[2], paths[1], paths[5], paths[6], null]
  assert.deepEqual(found, order)
  assert.equal(readRegistry('{"presets":[]}'), null)
  assert.equal(templateFor('plan-template', paths.slice(1), null), paths[1])
})

test('unfinished checklists hold back, unless the words say to go on', () => {
  const texts = new Map([
    ['a.md', '- [x] one\n- [X] two\n'],
    ['b.md', '- [x] one\n  - [ ] two\n'],
  ])
  assert.deepEqual(unfinishedIn(texts), [{ path: 'b.md', open: 1, all: 2 }])
  for (const words of [
    'proceed',
    'yes',
    'phase 2, ignore checklists',
    'skip the open checklists',
    'do it anyway',
  ])
    assert.ok(goesOnAnyway(words), words)
  for (const words of ['', 'phase 2', 'do not proceed past phase 2', 'mind the checklists'])
    assert.ok(!goesOnAnyway(words), words)
})

test('a document that is not what was asked for is refused with the reason', () => {
  const folder = 'specs/001-a'
  const faultOf = (name: 'specify' | 'plan' | 'tasks', text: string | undefined, more: string[] = []) => {
    const main = { specify: 'spec.md', plan: 'plan.md', tasks: 'tasks.md' }[name]
    return faultInDocuments(name, folder, [`${folder}/${main}`, ...more], text)?.reason ?? null
  }
  const mark = '[NEEDS CLARIFICATION: which?] '
  assert.equal(faultOf('specify', mark.repeat(3)), null)
  assert.match(faultOf('specify', mark.repeat(4)) ?? '', /holds 4 marks .* 3 are allowed/)
  assert.equal(faultOf('tasks', '## Phase 1: x\n- [ ] T001 Do it in src/a.ts\n'), null)
  assert.match(faultOf('tasks', '1. Do it\n') ?? '', /holds no line of the form/)
  assert.equal(faultOf('plan', 'a plan', [`${folder}/research.md`]), null)
  assert.match(faultOf('plan', undefined) ?? '', /does not write/)
  assert.match(faultOf('plan', 'a plan', ['src/a.ts']) ?? '', /src\/a\.ts, which is not asked for/)
})
