import type { Confinement } from '../../src/workspace/confinement.ts'
import { noCage } from '../../src/workspace/cage/sandbox.ts'

/** For tests whose gates are their own: they run as they are, on any machine. */
export const UNHELD: Confinement = { cage: noCage('these gates are the test’s own', ''), unsafeGates: true }
