import type { GatesConfig } from '../../config.ts'
import { type Gate, GateKind } from '../../core/task.ts'
import { configuredGate } from './configured.ts'
import type { Draft } from './draft.ts'
import type { ProjectFacts } from './facts.ts'
import { goGates } from './go.ts'
import { nameGates } from './names.ts'
import { nodeGates } from './node.ts'
import { pythonGates } from './python.ts'
import { rustGates } from './rust.ts'

const TIMEOUT_MS = 60_000

/** The project's own checks, in the order they run; the configuration has the last word. */
export function detectGates(facts: ProjectFacts, config: GatesConfig): Gate[] {
  const found = [nodeGates, rustGates, goGates, pythonGates].flatMap((detect) => detect(facts))
  const drafts = GateKind.options.flatMap((kind) => settled(kind, found, facts, config))
  const names = nameGates(drafts)
  return drafts.map(({ label, ...gate }, index) => {
    const { timeoutMs = TIMEOUT_MS, network = false } = config[gate.kind] ?? {}
    return { ...gate, name: names[index] ?? label, timeoutMs, network }
  })
}

function settled(kind: GateKind, found: readonly Draft[], facts: ProjectFacts, config: GatesConfig): Draft[] {
  const command = config[kind]?.command
  if (command === false) return []
  return command ? [configuredGate(kind, command, facts)] : found.filter((gate) => gate.kind === kind)
}
