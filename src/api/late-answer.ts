import { Buffer } from 'node:buffer'
import { SwarmError } from '../core/errors.ts'
import { isEventStream, refusalOf } from './pass-on.ts'
import type { Speaker } from './chat-objects.ts'
import { plainCompletion, plainStream, type AskedForm } from './plain-answer.ts'
import type { ApiServices, Relayed } from './services.ts'

/** An answer whose status and form are out already: the model's own, or what went wrong in words, in that form. */
export async function* lateAnswer(
  opening: Promise<Relayed>,
  form: AskedForm,
  speaker: Speaker,
  services: ApiServices,
): AsyncGenerator<Uint8Array, void, void> {
  const answer = await opening.catch((error: unknown) => whatWentWrong(error, services))
  const trouble = typeof answer === 'string' ? answer : await troubleWith(answer, form)
  if (trouble !== null) {
    yield Buffer.from(form.stream ? plainStream(speaker, trouble, form) : plainCompletion(speaker, trouble))
  } else if (typeof answer !== 'string') {
    yield* answer.body
  }
}

/** As for any request: a fault is told, a bug is noted and not explained. */
function whatWentWrong(error: unknown, { onBug }: ApiServices): string {
  if (error instanceof SwarmError) return error.message
  onBug?.(error)
  return 'internal error'
}

async function troubleWith(answer: Relayed, form: AskedForm): Promise<string | null> {
  const { status, contentType } = answer
  if (status >= 400) return refusalOf(status, await new Response(answer.body).text()).error.message
  if (isEventStream(contentType) === form.stream) return null
  await answer.body.cancel()
  const asked = form.stream ? 'a stream was asked for' : 'a whole answer was asked for'
  return `the upstream answered with ${contentType}, where ${asked}`
}
