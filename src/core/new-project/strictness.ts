import { z } from 'zod'
import { covers, coversAll, isSource } from './file-cover.ts'
import { findJson } from '../json.ts'
import type { NewProject } from './check-project.ts'
import type { Diagnostic } from '../task.ts'

/** Settings of a new project that keep its own checks from seeing or saying what is wrong. */
export function looseSettings(project: NewProject): Diagnostic[] {
  return [...typescript(project), ...next(project), ...eslint(project), ...otherLinters(project)]
}

const Patterns = z.array(z.string()).optional()
const TsConfig = z.looseObject({
  compilerOptions: z.record(z.string(), z.unknown()).default({}),
  include: Patterns,
  exclude: Patterns,
  files: Patterns,
  references: z.array(z.unknown()).optional(),
})

/** What `strict` switches on, and what switches the rest off. */
const STRICT =
  `noImplicitAny noImplicitThis alwaysStrict strictNullChecks strictFunctionTypes strictBindCallApply
  strictPropertyInitialization strictBuiltinIteratorReturn useUnknownInCatchVariables`.split(/\s+/)

const BUILDS_REFERENCES = /\btsc (?:[\w-]+ )*(?:-b|--build)\b/

function typescript({ paths, read }: NewProject): Diagnostic[] {
  const configs = paths.filter((path) => /^tsconfig[^/]*\.json$/.test(path))
  const sources = paths.filter((path) => isSource(path) && /\.[cm]?tsx?$/.test(path))
  if (sources.length === 0) return []
  if (!configs.includes('tsconfig.json'))
    return [fault('tsconfig.json', 'there is none, so nothing checks the types')]
  const covered: string[] = []
  const faults: Diagnostic[] = []
  for (const file of configs) {
    const config = TsConfig.safeParse(findJson(read(file) ?? ''))
    if (!config.success) return [fault(file, 'it cannot be read')]
    const { compilerOptions, include, exclude = [], files, references } = config.data
    if (references && files?.length === 0) {
      if (!BUILDS_REFERENCES.test(read('package.json') ?? ''))
        faults.push(fault(file, 'only `tsc --build` checks it'))
      continue
    }
    if (compilerOptions['strict'] !== true) faults.push(fault(file, '"strict" must be true'))
    const off = STRICT.filter((name) => compilerOptions[name] === false)
    if (compilerOptions['noCheck'] === true) off.push('noCheck')
    faults.push(...off.map((name) => fault(file, `"${name}" makes it look away`)))
    const taken = sources.filter((path) =>
      coversAll([...(files ?? []), ...(include ?? (files ? [] : ['.']))], [path]),
    )
    covered.push(...taken.filter((path) => !exclude.some((pattern) => covers(pattern, path))))
  }
  const unseen = sources.filter((path) => !covered.includes(path))
  const notSeen =
    unseen.length === 0 ? [] : [fault('tsconfig.json', `it does not include ${unseen.join(', ')}`)]
  return [...faults, ...notSeen]
}

function next({ paths, read }: NewProject): Diagnostic[] {
  return paths
    .filter((path) => /^next\.config\.[cm]?[jt]s$/.test(path))
    .flatMap((file) => {
      const found = /ignoreBuildErrors|ignoreDuringBuilds|tsconfigPath/.exec(read(file) ?? '')
      return found ? [fault(file, `"${found[0]}" makes the build look away`)] : []
    })
}

function eslint({ paths, read }: NewProject): Diagnostic[] {
  const old = paths.filter((path) => /^\.eslint(?:rc|ignore)/.test(path))
  const configs = paths.filter((path) => /^eslint\.config\.[cm]?[jt]s$/.test(path))
  return [
    ...old.map((file) => fault(file, 'ESLint does not read it any more; write an eslint.config.mjs')),
    ...configs.flatMap((file) => eslintConfig(file, read(file) ?? '', paths.filter(isSource))),
  ]
}

/** Names under which rules that others keep come in; a config of one's own rules alone may hold none. */
const RULES_OF_OTHERS =
  /['"](?:eslint-config-[\w./-]+|@eslint\/js|typescript-eslint|@[\w-]+\/eslint-config[\w./-]*|neostandard|eslint-plugin-[\w./-]+)['"]/
const MOST_RULES_OFF = 3

function eslintConfig(file: string, text: string, sources: readonly string[]): Diagnostic[] {
  const ignored = [...text.matchAll(/(?:ignores\s*:|globalIgnores\s*\()\s*\[([^\]]*)\]/g)]
    .flatMap(([, list = '']) => [...list.matchAll(/(['"`])(.*?)\1/g)])
    .map(([, , pattern = '']) => pattern)
  const hidden = ignored.find((pattern) => sources.some((path) => covers(pattern, path)))
  const off = text.match(/:\s*(?:\[\s*)?(?:['"]off['"]|0\b)/g)?.length ?? 0
  return [
    ...(RULES_OF_OTHERS.test(text)
      ? []
      : [fault(file, 'it brings no rules: take in those of eslint-config-next or @eslint/js')]),
    ...(hidden === undefined ? [] : [fault(file, `it ignores ${hidden}, which is code of the project`)]),
    ...(off > MOST_RULES_OFF
      ? [fault(file, `it switches ${off} rules off, more than ${MOST_RULES_OFF}`)]
      : []),
  ]
}

const Oxlint = z.looseObject({ ignorePatterns: z.array(z.string()).default([]) })
const Biome = z.looseObject({
  linter: z
    .looseObject({
      enabled: z.boolean().optional(),
      rules: z.looseObject({ recommended: z.boolean().optional() }).optional(),
    })
    .optional(),
  files: z.looseObject({ includes: z.array(z.string()).optional() }).optional(),
})

function otherLinters({ paths, read }: NewProject): Diagnostic[] {
  const sources = paths.filter(isSource)
  const oxlint = paths.filter((path) => /^\.oxlintrc\.json$/.test(path))
  const biome = paths.filter((path) => /^biome\.jsonc?$/.test(path))
  return [
    ...oxlint.flatMap((file) => {
      const config = Oxlint.safeParse(findJson(read(file) ?? ''))
      if (!config.success) return [fault(file, 'it cannot be read')]
      const hides = config.data.ignorePatterns.some((pattern) =>
        sources.some((path) => covers(pattern, path)),
      )
      const isOff = /"correctness"\s*:\s*"(?:off|allow)"/.test(read(file) ?? '')
      return hides || isOff ? [fault(file, 'it keeps oxlint from looking at the project')] : []
    }),
    ...biome.flatMap((file) => {
      const config = Biome.safeParse(findJson(read(file) ?? ''))
      if (!config.success) return [fault(file, 'it cannot be read')]
      const { linter, files } = config.data
      const isOff = linter?.enabled === false || linter?.rules?.recommended === false
      const hides = files?.includes !== undefined && !coversAll(files.includes, sources)
      return isOff || hides ? [fault(file, 'it keeps Biome from looking at the project')] : []
    }),
  ]
}

const fault = (file: string, message: string): Diagnostic => ({ file, line: null, code: 'settings', message })
