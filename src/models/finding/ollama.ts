import { z } from 'zod'
import type { Installed } from './cast.ts'
import { get } from './get.ts'

const Tags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      size: z.number().nullish(),
      /** Set when the model runs on somebody else's machine. */
      remote_host: z.string().nullish(),
      capabilities: z.array(z.string()).nullish(),
      details: z.object({ family: z.string().nullish() }).nullish(),
    }),
  ),
})
type Tag = z.infer<typeof Tags>['models'][number]

/** The models on this machine's disk that can answer a chat; undefined when Ollama does not tell. */
export async function installedModels(url: string, signal: AbortSignal): Promise<Installed[] | undefined> {
  const { json } = await get(`${url.replace(/\/v1$/, '')}/api/tags`, null, 5_000, signal)
  const tags = Tags.safeParse(json)
  if (!tags.success) return undefined
  const usable = tags.data.models.filter((tag) => !isElsewhere(tag) && canChat(tag))
  return usable.map(({ name, size }) => ({ name, bytes: size ?? null }))
}

/** Ollama forwards these to its cloud: private code goes there only when the user names such a model. */
const isElsewhere = ({ name, remote_host: host }: Tag): boolean => Boolean(host) || /[:-]cloud$/.test(name)

const canChat = ({ capabilities, details }: Tag): boolean =>
  capabilities?.includes('completion') ?? !details?.family?.includes('bert')
