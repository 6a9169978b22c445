import { z } from 'zod'
import type { Worded } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import { jsonOrNull } from '../../core/json.ts'
import type { Media } from '../../core/media.ts'
import { estimateTokens } from '../../core/tokens.ts'
import { said } from './describe.ts'
import type { Relay } from '../relay.ts'

const Transcription = z.object({
  text: z.string(),
  usage: z.object({ input_tokens: z.int().nullish(), output_tokens: z.int().nullish() }).nullish(),
})

/** What most servers tell the format by. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/webm': 'webm',
  'audio/mp4': 'mp4',
}

/** Has a model that hears write down what is said. */
export async function transcribe(
  { name, mime, bytes }: Media,
  { model, url, relay, withinMs }: { model: string; url: string; relay: Relay; withinMs: number },
  signal: AbortSignal,
): Promise<Worded> {
  const form = new FormData()
  form.set('model', model)
  form.set('response_format', 'json')
  form.set('file', new File([Buffer.from(bytes)], `recording.${ENDINGS[mime] ?? 'bin'}`, { type: mime }))
  const encoded = new Response(form)
  const sending = {
    path: '/audio/transcriptions',
    contentType: encoded.headers.get('content-type') ?? '',
    accept: 'application/json',
    body: new Uint8Array(await encoded.arrayBuffer()),
  }
  const patience = AbortSignal.timeout(withinMs)
  try {
    const answer = await relay.post('fast', sending, AbortSignal.any([signal, patience]))
    const text = await new Response(answer.body).text()
    const read = Transcription.safeParse(jsonOrNull(text))
    if (answer.status !== 200 || !read.success) {
      const instead = `${model} at ${url} answered ${answer.status} for ${name}: ${text.slice(0, 200)}`
      throw new SwarmError('upstream', instead)
    }
    return {
      model,
      text: said(read.data.text, name, model),
      usage: usageOf(read.data.usage, read.data.text),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (patience.aborted) {
      throw new SwarmError('timeout', `${model} at ${url} took more than ${withinMs} ms for ${name}`)
    }
    throw error
  }
}

function usageOf(counted: z.infer<typeof Transcription>['usage'], text: string): Worded['usage'] {
  const { input_tokens: prompt, output_tokens: completion } = counted ?? {}
  return {
    promptTokens: prompt ?? 0,
    completionTokens: completion ?? estimateTokens(text.length),
    reasoningTokens: 0,
    estimated: typeof prompt !== 'number' || typeof completion !== 'number',
  }
}
