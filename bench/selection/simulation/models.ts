import type { ModelReply, ModelRequest, Models } from '../../../src/cascade/ports.ts'
import type { SwarmEvent } from '../../../src/core/event.ts'
import { addedIn, isRightInExam, reviewReply, voteReply, type Reply, type Subject } from '../judges.ts'
import { allPlanted, BASE, SUBJECT, testText } from '../planted.ts'
import { modelNameOf } from '../listen.ts'
import type { Tape, Written } from '../tape.ts'
import { TIERS, type World } from '../world.ts'
import { codeReply, currentIn, planReply, revisionReply, testReply } from './replies.ts'
import type { createUpstream } from './upstream.ts'

type CallStart = Extract<SwarmEvent, { type: 'model_call_start' }>

/**
 * Models that say what the tape says. A request does not tell whose it is, but the story told of it just before, with
 * the same seed.
 */
export function simulatedModels(
  tape: Tape,
  world: World,
  upstream: ReturnType<typeof createUpstream>,
): Models & { hear(event: SwarmEvent): void; tamperings(): number } {
  const started = new Map<number, CallStart>()
  let tamperings = 0

  return {
    tiers: TIERS,
    modelOf: modelNameOf,
    tamperings: () => tamperings,
    hear(event) {
      if (event.type === 'model_call_start') started.set(event.seed, event)
    },
    async *call(request, signal): AsyncGenerator<number, ModelReply, void> {
      const start = started.get(request.seed)
      if (!start) throw new Error('a call of which the story did not tell')
      const prompt = request.messages.map(({ content }) => content).join('\n\n')
      const key = start.call
      const { role, tier } = request
      const usage = yield* upstream.busy({ role, tier, key, promptCharacters: prompt.length }, signal)
      const { text, cut } = say(request, start, prompt)
      return { text, scores: null, finishReason: cut ? 'length' : 'stop', usage }
    },
  }

  function code(written: Written, prompt: string): Reply {
    if (written.fault === 'tampered') tamperings += 1
    return codeReply(written, currentIn(prompt))
  }

  function say({ role, tier }: ModelRequest, { call, place }: CallStart, prompt: string): Reply {
    switch (role) {
      case 'planner':
        return planReply()
      case 'coder':
        if (place.subtask === 'revision') return revisionReply(prompt, call, tape)
        return code(tape.written(tier, call), prompt)
      case 'tester':
        return testReply(call, tape, world)
      case 'voter':
        return voteReply(prompt, call, isRightOption, tape, world)
      case 'reviewer':
        return reviewReply(subjectOf(prompt), call, tape, world)
      case 'chat':
        throw new Error('nobody chats here')
      default:
        return role satisfies never
    }
  }
}

const isRightOption = (option: string): boolean =>
  isRightInExam(option) || allPlanted(option).some(({ kind }) => kind === 'right')

/** The change under review: what the diff adds. */
function subjectOf(prompt: string): Subject {
  const planted = allPlanted(addedIn(prompt).join('\n'))[0] ?? BASE
  const { kind, form } = planted
  return {
    isRight: kind === 'right',
    name: `${kind}_${form}`,
    file: SUBJECT,
    testOf: (test) => testText(test === 'shows' ? { kind: test, form } : { kind: test }),
  }
}
