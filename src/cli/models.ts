import { loadConfig, type Overrides } from '../config.ts'
import type { Capability } from '../core/capability.ts'
import { TierName } from '../core/task.ts'
import type { RoleAssignment } from '../models/finding/detect.ts'
import { openCapabilities } from '../models/finding/capabilities.ts'
import { detectWithin } from '../models/finding/within-policy.ts'
import { placeOf } from '../models/leaving/place.ts'
import { NAMES } from '../models/finding/runtimes.ts'
import { openEmbedded } from '../wire.ts'
import { applyModels } from './apply-models.ts'
import { onInterrupt } from './interrupt.ts'
import { table } from './table.ts'

export type ModelsFlags = Overrides & { json?: boolean; measure?: boolean; apply?: boolean; yes?: boolean }

/** One tier, with what is known of the model that took it. */
type Row = {
  readonly tier: TierName
  readonly model: string
  readonly url: string
  readonly place: 'local' | 'cloud'
  /** Calls at once. */
  readonly calls: number
  /** Null where it was not asked, or did not answer. */
  readonly capability: Capability | null
}

/** Longest try of one model: it may have to be loaded first. */
const MEASURE_MS = 120_000

/** Shows which model took which role and what it can do; calls a model only to measure, writes it down only when told to. */
export async function models(flags: ModelsFlags): Promise<number> {
  const { json = false, measure = false, apply = false, yes = false, ...overrides } = flags

  using interrupt = onInterrupt()
  const { signal } = interrupt
  const config = loadConfig({ overrides, cwd: process.cwd() })
  const capabilities = openCapabilities(config.cacheDir)
  await using embedded = openEmbedded(config, console.error)
  const options = { capabilities, embedded: embedded.start }
  const roles = await detectWithin(config, options, signal)
  const rows = rowsOf(roles)
  // one after the other: each is to have its server for itself
  if (measure) {
    for (const row of onceEach(rows).filter(({ capability }) => capability?.slots === null)) {
      console.error(`asking ${row.model} for a few words, one request alone and four at once …`)
      const slots = (await capabilities.measure({ ...row, apiKey: keyOf(row, roles) }, MEASURE_MS, signal))
        .slots
      if (slots === null) console.error(`${row.model} cannot be measured: it refused, or was too slow`)
    }
  }
  const shown = measure ? await detectWithin(config, options, signal) : roles
  const { found, notes, width } = shown
  const table = rowsOf(shown)
  console.log(json ? JSON.stringify({ found, tiers: table, ...width, notes }, null, 2) : told(table, shown))
  if (apply) return applyModels(table, shown, config, { yes }, signal)
  return found === null ? 1 : 0
}

/** One model in several roles is one model. */
const onceEach = (rows: readonly Row[]): Row[] => [
  ...new Map(rows.toReversed().map((row) => [`${row.url} ${row.model}`, row])).values(),
]

const keyOf = ({ tier }: Row, { tiers }: RoleAssignment): string | null => tiers[tier]?.apiKey ?? null

const rowsOf = ({ tiers, known }: RoleAssignment): Row[] =>
  TierName.options.flatMap((tier): Row[] => {
    const at = tiers[tier]
    if (!at) return []
    const { model, url, slots } = at
    return [{ tier, model, url, place: placeOf(at), calls: slots, capability: known[tier] ?? null }]
  })

function told(rows: readonly Row[], { found, notes }: RoleAssignment): string {
  const parts = found === null ? [] : [table(HEADS, rows.map(cellsOf))]
  const lines = notes.filter((note) => !/ takes (?:fast|deep|reviewer|cloud): as configured$/.test(note))
  return [...parts, ...lines].join('\n')
}

const HEADS = 'role|model|server|endpoint|place|window|slots|structured|logprobs|sees|hears'.split('|')

function cellsOf({ tier, model, url, place, capability }: Row): string[] {
  if (capability === null) return [tier, model, '?', url, place, ...Array<string>(6).fill('?')]
  const { server, version, window, slots, slotsFrom, structured, logprobs, sees, hears } = capability
  const slotsCell = slots === null ? '?' : `${slots}${slotsFrom === 'measured' ? ' measured' : ''}`
  return [
    tier,
    model,
    version === null ? NAMES[server] : `${NAMES[server]} ${version}`,
    url,
    place,
    window === null ? '?' : window.toLocaleString('en-US'),
    slotsCell,
    structured === 'grammar' ? 'schema, grammar' : structured,
    yesOrNo(logprobs),
    sees === 'name' ? 'by its name' : yesOrNo(sees !== null),
    yesOrNo(hears),
  ]
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')
