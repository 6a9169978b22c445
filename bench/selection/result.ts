import type { Spending } from './simulation/upstream.ts'

/** What one task came to. */
export type Result = {
  /** `verified` and `unverified` are delivered; `abstained` is not, whatever it shows as the closest attempt. */
  readonly label: 'verified' | 'unverified' | 'abstained'
  /** Does what was delivered do what was asked? */
  readonly correct: boolean
  /** Was a test changed in what was delivered? */
  readonly tampered: boolean
  readonly spending: Spending
  readonly ballots: number
  /** Replies of coders that changed a test. */
  readonly tamperings: number
  readonly wallMs: number
}
