import type { GateKind } from '../../core/task.ts'
import { type Draft, draft } from './draft.ts'
import { ESLINT_CONFIG, folderOf, nameOf, type ProjectFacts, within } from './facts.ts'
import type { NodePackage } from './node-package.ts'
import { extrasOf } from './node-extras.ts'
import type { Setting } from './node-tool.ts'

/** The check a package would have had a script for; null where there is nothing to go by. */
export function nodeFallback(found: NodePackage, setting: Setting, facts: ProjectFacts): Draft | null {
  const { folder } = found
  const command = COMMANDS[setting.kind](found, facts)
  if (!command) return null
  const { args, ...extras } = extrasOf(command, setting)
  const caches = command === 'next build' ? ['.next/cache'] : []
  return draft(setting.kind, 'node', [...command.split(' '), ...args], { ...extras, folder, caches })
}

type Fallback = (found: NodePackage, facts: ProjectFacts) => string | null

const COMMANDS: Record<GateKind, Fallback> = {
  lint: ({ folder, tools }, { files }) => {
    const names = [...files].filter((path) => folderOf(path) === folder).map(nameOf)
    const linters = [
      { tool: 'eslint', config: ESLINT_CONFIG, command: 'eslint .' },
      { tool: 'oxlint', config: /^(?:\.oxlintrc\.jsonc?|oxlint\.config\.ts)$/, command: 'oxlint' },
      { tool: '@biomejs/biome', config: /^\.?biome\.jsonc?$/, command: 'biome lint' },
    ]
    const used = linters.find(
      ({ tool, config }) => tools.has(tool) && names.some((name) => config.test(name)),
    )
    return used?.command ?? null
  },
  typecheck: ({ folder, tools }, { files, read }) => {
    const path = within(folder, 'tsconfig.json')
    if (!tools.has('typescript') || !files.has(path)) return null
    // a tsconfig that only points to others checks nothing by itself
    const onlyPoints = /"files"\s*:\s*\[\s*\]/.test(read(path) ?? '')
    return onlyPoints ? 'tsc -b --noEmit' : 'tsc --noEmit'
  },
  build: ({ folder, dependencies, tools }, { files }) => {
    const has = (name: string): boolean => files.has(within(folder, name))
    if (dependencies.has('next')) return 'next build'
    return tools.has('vite') && has('index.html') ? 'vite build' : null
  },
  test: () => null,
}
