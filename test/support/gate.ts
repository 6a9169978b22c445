import type { Gate } from '../../src/core/task.ts'

/** A gate that runs this argument list at the root, and is nothing special. */
export const gateOf = (command: readonly string[], more: Partial<Omit<Gate, 'command'>> = {}): Gate => ({
  kind: 'test',
  name: more.kind ?? 'test',
  command: [...command],
  folder: '',
  environment: {},
  report: null,
  caches: [],
  quick: null,
  timeoutMs: 120_000,
  network: false,
  ...more,
})
