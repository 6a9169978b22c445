import type { Models, Prompt, Worded } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import type { Media } from '../../core/media.ts'
import { dataUriOf } from '../../core/media/bytes.ts'
import type { TierName } from '../../core/task.ts'
import { withoutThoughts } from '../../core/thoughts.ts'

/** Has a model that sees say what is on a picture. */
export async function describe(
  { name, mime, bytes }: Media,
  { messages, temperature, maxTokens }: Prompt,
  { model, tier }: { model: string; tier: TierName },
  models: Pick<Models, 'call'>,
  signal: AbortSignal,
): Promise<Worded> {
  const pictures = [dataUriOf(mime, bytes)]
  const call = models.call(
    {
      role: 'chat',
      tier,
      messages,
      temperature,
      seed: 1,
      maxTokens,
      json: false,
      choices: null,
      pictures,
    },
    signal,
  )
  for (;;) {
    const step = await call.next()
    if (!step.done) continue
    return { model, text: said(withoutThoughts(step.value.text), name, model), usage: step.value.usage }
  }
}

/** A picture that nobody has described must not look like an empty one. */
export function said(text: string, name: string, model: string): string {
  if (text.trim() === '') throw new SwarmError('upstream', `${model} says nothing about ${name}`)
  return text.trim()
}
