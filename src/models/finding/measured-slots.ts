import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'

type Place = { readonly url: string; readonly model: string }

/** How many requests a model answered at once when it was tried; null when that could not be seen. */
type Tried = { readonly state: string; readonly slots: number | null }

export type MeasuredSlots = {
  /** Null when it was not tried, or in another state of server and model. */
  find(place: Place, state: string): Promise<Tried | null>
  keep(place: Place, state: string, slots: number | null): Promise<void>
}

/** Remembered until the process ends. */
export function rememberMeasured(): MeasuredSlots {
  const known = new Map<string, Tried>()
  return {
    async find(place, state) {
      const entry = known.get(keyOf(place))
      return entry?.state === state ? entry : null
    },
    async keep(place, state, slots) {
      known.set(keyOf(place), { state, slots })
    },
  }
}

const Measurements = z
  .record(z.string(), z.object({ state: z.string(), slots: z.int().min(1).nullable() }))
  .catch({})
type Measurements = z.infer<typeof Measurements>
/** Older ones are measured again. */
const MOST_KEPT = 100

/** Kept in a file of this folder; one that is gone or damaged only means measuring again. */
export function openMeasuredSlots(folder: string): MeasuredSlots {
  const path = join(folder, 'measured-slots.json')
  return {
    async find(place, state) {
      const entry = (await read(path))[keyOf(place)]
      return entry?.state === state ? entry : null
    },
    async keep(place, state, slots) {
      const { [keyOf(place)]: _, ...others } = await read(path)
      const newest = Object.entries(others).slice(1 - MOST_KEPT)
      await replace(path, Object.fromEntries([...newest, [keyOf(place), { state, slots }]]))
    },
  }
}

const keyOf = ({ url, model }: Place): string => `${url} ${model}`

const read = async (path: string): Promise<Measurements> =>
  Measurements.parse(jsonOrNull(await readFile(path, 'utf8').catch(() => '')))

/** Whole or not at all: another process may be reading it. */
async function replace(path: string, measurements: Measurements): Promise<void> {
  const draft = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(draft, JSON.stringify(measurements, null, 2))
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
