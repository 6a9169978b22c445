import type { Gate, GateKind } from '../../core/task.ts'

/** A gate before it has its name among the others, and before the configuration was asked. */
export type Draft = Omit<Gate, 'name' | 'timeoutMs' | 'network'> & {
  /** Tells it from others of its kind in the same folder: its tool. */
  readonly label: string
}

export type Quick = NonNullable<Gate['quick']>

/** A gate that is nothing special, but for what is said. */
export const draft = (
  kind: GateKind,
  label: string,
  command: readonly string[],
  more: Partial<Omit<Draft, 'kind' | 'label' | 'command'>> = {},
): Draft => ({
  kind,
  label,
  command: [...command],
  folder: '',
  environment: {},
  report: null,
  caches: [],
  quick: null,
  ...more,
})

/** The file of a tool's cache: its own for each gate, for a tool may take another's as damaged. */
export const cacheFile = (kind: GateKind, folder: string, ending: string): string =>
  `{cache}/${[kind, folder].filter(Boolean).join('+').replaceAll('/', '+')}.${ending}`
