import { GateKind } from '../../core/task.ts'
import { type Draft, draft } from './draft.ts'
import { ESLINT_CONFIG, folderOf, nameOf, type ProjectFacts } from './facts.ts'
import { nodeFallback } from './node-fallback.ts'
import { type NodePackage, type NodeProject, nodeProjects } from './node-package.ts'
import { runScript } from './node-runner.ts'
import { extrasOf } from './node-extras.ts'
import type { Setting } from './node-tool.ts'

/** Names a script of each gate goes by, the likeliest first. */
const SCRIPTS: Record<GateKind, readonly string[]> = {
  lint: ['lint', 'eslint'],
  typecheck: ['typecheck', 'type-check', 'check-types', 'types', 'tsc'],
  build: ['build'],
  test: ['test'],
}

/** Package scripts first; where there is none, the tool a project of this sort is checked with. */
export const nodeGates = (facts: ProjectFacts): Draft[] =>
  nodeProjects(facts).flatMap((project) => GateKind.options.flatMap((kind) => gatesOf(kind, project, facts)))

/** What the root of a monorepo has for a kind stands for all of it; else each package speaks for itself. */
function gatesOf(kind: GateKind, { root, members }: NodeProject, facts: ProjectFacts): Draft[] {
  const gate = gateOf(kind, root, facts)
  return gate ? [gate] : members.flatMap((member) => gateOf(kind, member, facts) ?? [])
}

function gateOf(kind: GateKind, found: NodePackage, facts: ProjectFacts): Draft | null {
  const { folder, scripts, dependencies } = found
  const script = SCRIPTS[kind].find((name) => isReal(scripts[name]))
  const setting = { kind, folder, eslint: eslintOf(folder, facts) }
  if (script === undefined) return nodeFallback(found, setting, facts)
  const { args, ...extras } = extrasOf(scripts[script] ?? '', setting)
  const caches = kind === 'build' && dependencies.has('next') ? ['.next/cache'] : []
  return draft(kind, 'node', runScript(script, args, found, facts), { ...extras, folder, caches })
}

/** npm init writes a test script that always fails; it is no check. */
const isReal = (script: string | undefined): boolean =>
  script !== undefined && script.trim() !== '' && !script.includes('no test specified')

/** Rules that know types or follow imports answer for one file by what stands in another. */
const CROSSES_FILES =
  /projectService|typeChecked|TypeChecked|parserOptions|type-checked|requiring-type|plugin-import|import-x|import\//

function eslintOf(folder: string, { files, read }: ProjectFacts): Setting['eslint'] {
  const configs = [...files].filter(
    (path) => ESLINT_CONFIG.test(nameOf(path)) && ['', folder].includes(folderOf(path)),
  )
  return {
    // without a text to read, nobody knows
    crossesFiles: configs.length === 0 || configs.some((path) => CROSSES_FILES.test(read(path) ?? '')),
    isFlat: configs.some((path) => nameOf(path).startsWith('eslint.config.')),
  }
}
