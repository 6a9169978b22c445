import type { TierName } from '../task.ts'

/** What a tier turned out to be. */
export type Shown = { readonly tier: TierName; readonly model: string; readonly url: string }
/** A setting that the configuration does not have yet. */
export type Setting = { readonly path: readonly string[]; readonly value: string }

type Tiers = Readonly<
  Partial<
    Record<TierName, { readonly model?: string | undefined; readonly url?: string | undefined } | undefined>
  >
>

/**
 * What has to be written so that the next start chooses the same models again. What the user has written stays; a server
 * that he named for all of them is not named once more.
 */
export function settingsFor(shown: readonly Shown[], tiers: Tiers, general: string | null): Setting[] {
  return shown.flatMap(({ tier, model, url }) => {
    const own = tiers[tier]
    return [
      ...(own?.model === undefined ? [{ path: ['tiers', tier, 'model'], value: model }] : []),
      ...(own?.url === undefined && url !== general ? [{ path: ['tiers', tier, 'url'], value: url }] : []),
    ]
  })
}
