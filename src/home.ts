import { join } from 'node:path'
import type { Models } from './cascade/ports.ts'
import type { Config } from './config.ts'
import type { Privacy } from './core/privacy/policy.ts'
import type { TierName, WorkspaceChoice } from './core/task.ts'
import type { Logger } from './logging.ts'
import type { TierModel } from './models/client.ts'
import { createGuard, type Guard, type Held } from './models/leaving/guard.ts'
import { placeOf } from './models/leaving/place.ts'
import { privatePaths } from './private-paths.ts'
import { watchPrivateTexts, type PrivateTexts } from './models/leaving/private-texts.ts'
import { sensesWithin } from './models/finding/within-policy.ts'

/** What stays on this machine, and what sees to it. */
export type Home = {
  readonly privacy: Privacy
  readonly guard: Guard
  /** What clients of the tools are not shown, because they may hand it on. */
  readonly withheld: Withheld
  /** The models for pictures and sound that the policy allows. */
  readonly senses: Config['senses']
  /** The models with those at home in front: whoever asks the first one asks at home. */
  first<Given extends Models>(models: Given): Given
  /** A task works here from now on. */
  watch(workspace: WorkspaceChoice): void
}

/** Files that are kept from somebody, by their paths and by what stands in them. */
type Withheld = {
  readonly patterns: readonly string[]
  isPrivate(path: string): boolean
  filesIn(text: string): Promise<readonly string[]>
}

/** Sets up what the configuration says of the cloud. Costs nothing where nothing is private. */
export function openHome(
  config: Config,
  tiers: Partial<Record<TierName, TierModel>>,
  logger: Pick<Logger, 'keptBack'>,
): Home {
  const isPrivate = privatePaths(config.private)
  const texts = textsOf(config, isPrivate)
  const privacy: Privacy = {
    policy: config.policy,
    placeOf: (tier) => (tiers[tier] ? placeOf(tiers[tier]) : 'local'),
    isPrivate,
  }
  const marked = Object.values(tiers).filter(({ place }) => place === 'cloud')
  const onHeld = (held: Held): void => logger.keptBack(held, sentence(held))
  return {
    privacy,
    guard: createGuard({ policy: config.policy, isPrivate, texts, onHeld, cloudModels: marked }),
    withheld: config.mcp.showPrivate
      ? { patterns: [], isPrivate: () => false, filesIn: async () => [] }
      : { patterns: config.private, isPrivate, filesIn: (text) => texts.filesIn(text) },
    senses: sensesWithin(config),
    first(models) {
      const at = (place: string) => models.tiers.filter((tier) => privacy.placeOf(tier) === place)
      return { ...models, tiers: [...at('local'), ...at('cloud')] }
    },
    watch(workspace) {
      if (workspace.kind === 'files') return texts.attach(workspace.files)
      const known = config.workspaces.some(({ name }) => name === workspace.name)
      if (!known && config.workspaceRoot !== null) texts.watch(join(config.workspaceRoot, workspace.name))
    },
  }
}

function textsOf(config: Config, isPrivate: Privacy['isPrivate']): PrivateTexts {
  if (config.private.length === 0) return { watch() {}, attach() {}, filesIn: async () => [] }
  const folders = config.workspaces.map(({ path }) => path)
  return watchPrivateTexts({ isPrivate, folders, now: () => performance.now() })
}

function sentence({ what, names, at, model, host }: Held): string {
  const to = `${model} at ${host}`
  if (what === 'offline') return `not sent to ${to}: the policy is offline`
  if (what === 'private') return `not sent to ${to}: it holds what stands in ${names.join(', ')}`
  return `redacted in what goes to ${to}: ${names.join(', ')} (${at.join(', ')})`
}
