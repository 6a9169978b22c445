import { SwarmError } from '../core/errors.ts'
import { markOf, mediaFacts, putWords, type Media } from '../core/media.ts'
import { stricter } from '../core/privacy/policy.ts'
import type { Task } from '../core/task.ts'
import type { Meter } from './meter.ts'
import type { Ports, Senses, Stage, Worded } from './ports.ts'

type Needs = Pick<Ports, 'senses' | 'prompts' | 'clock' | 'privacy'>

/** Longest part of the request that whoever looks at a picture is told. */
const REQUEST_CHARACTERS = 4_000
const EARLIER = 'It came earlier in the conversation: describe all of it.'

/**
 * The task with every picture and recording in words, at the place where it stood: everybody after this reads text.
 * Throws what the model's call throws, as a change made without having looked would be a guess.
 */
export async function* putIntoWords(
  task: Task,
  ports: Needs,
  meter: Pick<Meter, 'add' | 'calls'>,
  signal: AbortSignal,
): Stage<Task> {
  const { media = [], ...rest } = task
  if (media.length === 0) return task
  const words = new Map<string, string>()
  // one after the other: they share one model, which most machines have once
  for (const one of media) words.set(one.name, yield* read(one, task, ports, meter, signal))
  return {
    ...rest,
    request: putWords(task.request, words),
    conversation: putWords(task.conversation, words),
  }
}

async function* read(
  media: Media,
  { request, policy }: Task,
  { senses, prompts, clock, privacy }: Needs,
  meter: Pick<Meter, 'add' | 'calls'>,
  signal: AbortSignal,
): Stage<string> {
  const limit = AbortSignal.any([signal, meter.calls])
  const found = await senses?.find(media.kind, limit)
  if (!senses || !found) throw new SwarmError('upstream', `nobody can tell what is in ${media.name}`)
  if (found.place === 'cloud' && stricter(privacy?.policy ?? 'prefer-local', policy ?? null) === 'offline') {
    const why = `the policy is offline, and ${found.model}, which would read ${media.name}, is in the cloud`
    throw new SwarmError('forbidden', why)
  }
  const facts = { ...mediaFacts(media), model: found.model }
  yield { type: 'media_start', ...facts }
  const startedAt = clock.now()
  const { text, usage } = await ask(senses)
  meter.add(usage)
  const latencyMs = Math.round(clock.now() - startedAt)
  yield { type: 'media_read', ...facts, characters: text.length, usage, latencyMs }
  return text

  function ask(senses: Senses): Promise<Worded> {
    if (media.kind === 'recording') return senses.transcribe(media, limit)
    const mark = markOf(media.name)
    // a picture of an earlier turn is asked about in the same words each time, so that it need not be looked at again
    const asked = request.includes(mark) ? request.slice(0, REQUEST_CHARACTERS) : EARLIER
    const prompt = prompts.render('describe', { name: mark, request: asked })
    return senses.describe(media, prompt, limit)
  }
}
