import type { Gate, RanGate } from './task.ts'

/** One run of a gate on a candidate: of everything, or for an early no of what changed only. */
export type Step = { readonly gate: Gate; readonly scope: 'all' | 'changed' }

/** Beyond so many files a check of everything is no slower. */
const MOST_QUICK_FILES = 60

/**
 * The order in which a candidate is checked, the cheapest no first: lint of what changed, types, the tests that what
 * changed reaches, and then everything, in the order of the kinds. Tests that need a build wait for it.
 */
export function stepsOf(gates: readonly Gate[], written: readonly string[], testsNeedBuild: boolean): Step[] {
  const quick = (gate: Gate): Step[] => {
    const narrow = quickGate(gate, written)
    return narrow ? [{ gate: narrow, scope: 'changed' }] : []
  }
  const whole = (gate: Gate): Step => ({ gate, scope: 'all' })
  const ofKind = (kind: Gate['kind']): Gate[] => gates.filter((gate) => gate.kind === kind)
  const early = ofKind('lint').filter((gate) => quick(gate).length === 0)
  const late = ofKind('lint').filter((gate) => quick(gate).length > 0)
  const quickTests = ofKind('test').flatMap(quick)
  return [
    ...late.flatMap(quick),
    ...early.map(whole),
    ...ofKind('typecheck').map(whole),
    ...(testsNeedBuild ? [] : quickTests),
    ...late.map(whole),
    ...ofKind('build').map(whole),
    ...(testsNeedBuild ? quickTests : []),
    ...ofKind('test').map(whole),
  ]
}

/** The gate for these files only; null where it cannot, or where none of them is its business. */
function quickGate(gate: Gate, written: readonly string[]): Gate | null {
  if (!gate.quick) return null
  const { command, endings, names } = gate.quick
  const prefix = gate.folder === '' ? '' : `${gate.folder}/`
  const files = written
    .filter((path) => path.startsWith(prefix) && endings.some((ending) => path.endsWith(ending)))
    // a name that begins with a dash is no option
    .map((path) => `./${path.slice(prefix.length)}`)
  const named = names === 'files' ? files : [...new Set(files.map(folderOf))]
  if (named.length === 0 || named.length > MOST_QUICK_FILES) return null
  return { ...gate, command: [...command, ...named] }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** Does this check run faster on what an earlier run of it left? */
export const usesCache = ({ caches, command, environment }: Gate): boolean =>
  caches.length > 0 || [...command, ...Object.values(environment)].some((text) => text.includes('{cache}'))

/** A first run, with nothing in any cache, may take this many times the time-out of a gate. */
const COLD = 5

/** The gate for the base, whose run warms the caches and measures what the others may take. */
export const unhurried = (gate: Gate): Gate => ({ ...gate, timeoutMs: gate.timeoutMs * COLD })

/** The gate for a candidate: it may take its time-out, or twice what the base took where that is more. */
export const timed = (gate: Gate, before: Pick<RanGate, 'ms' | 'timedOut'> | null): Gate => ({
  ...gate,
  timeoutMs: before && !before.timedOut ? Math.max(gate.timeoutMs, 2 * before.ms) : gate.timeoutMs,
})
