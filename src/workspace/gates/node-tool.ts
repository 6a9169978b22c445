import type { GateKind } from '../../core/task.ts'
import type { CommandLine } from './command-line.ts'
import type { Draft, Quick } from './draft.ts'

/** What a script's tool can do beyond what the script asks of it. */
export type Extras = Pick<Draft, 'environment' | 'report' | 'quick'> & {
  /** Added to the script's end. */
  readonly args: readonly string[]
}

/** What is known of the gate a script is run for. */
export type Setting = {
  readonly kind: GateKind
  readonly folder: string
  /** How eslint is set up: do rules look into other files, and is it `eslint.config.js`, which knows files by pattern? */
  readonly eslint: { readonly crossesFiles: boolean; readonly isFlat: boolean }
}

export type Tool = (call: CommandLine, setting: Setting) => Partial<Extras>

/** A check that takes the files of this ecosystem by name. */
export const quickFiles = (command: readonly string[]): Quick => ({
  command: [...command],
  endings: ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'],
  names: 'files',
})
