import type { SwarmEvent } from '../../../src/core/event.ts'
import type { ScriptedCall, ScriptedReply } from '../../../test/support/scripted-models.ts'
import {
  addedIn,
  isRightInExam,
  reviewReply,
  testKind,
  voteReply,
  type Reply,
  type Subject,
} from '../judges.ts'
import type { SmallTask } from '../small-task.ts'
import type { Tape } from '../tape.ts'
import type { World } from '../world.ts'
import {
  createRecogniser,
  ownedBy,
  plantedTestText,
  replyOf,
  wholeFiles,
  type Recogniser,
} from './versions.ts'

type CallStart = Extract<SwarmEvent, { type: 'model_call_start' }>

/** What the models say to one task, over HTTP; the story tells whose call it is, by its seed. */
export type Voices = {
  hear(event: SwarmEvent): void
  answer(call: ScriptedCall): ScriptedReply
  tamperings(): number
}

/** Voices of one task, as its tape wants them. */
export function voicesOf(task: SmallTask, tape: Tape, world: World): Voices {
  const started = new Map<number, CallStart>()
  const recognise = createRecogniser(task)
  let tamperings = 0
  let reviewed: Subject & { readonly form: number } = subjectOf(task, recognise, [])

  return {
    tamperings: () => tamperings,
    hear(event) {
      if (event.type === 'model_call_start') started.set(event.seed, event)
    },
    answer({ body, text }) {
      const start = started.get(Number(body['seed']))
      if (!start) throw new Error('a call of which the story did not tell')
      const reply = say(start, text)
      return { kind: 'text', text: reply.text, finishReason: reply.cut ? 'length' : 'stop' }
    },
  }

  function say({ call, role, tier, place }: CallStart, prompt: string): Reply {
    switch (role) {
      case 'planner': {
        const subtask = { id: '1', description: task.request, filesOwned: ownedBy(task), dependsOn: [] }
        return { text: JSON.stringify({ subtasks: [subtask] }), cut: false }
      }
      case 'coder': {
        if (place.subtask === 'revision') return revise(call)
        const written = tape.written(tier, call)
        if (written.fault === 'tampered') tamperings += 1
        return replyOf(task, written, tape)
      }
      case 'tester': {
        const path = `test/request-${place.seat}.test.ts`
        const content = plantedTestText(task, testKind(call, tape, world))
        return { text: wholeFiles({ [path]: content }), cut: false }
      }
      case 'voter':
        return voteReply(prompt, call, (option) => isRightInExam(option) || isRight(option), tape, world)
      case 'reviewer':
        reviewed = subjectOf(task, recognise, addedIn(prompt))
        return reviewReply(reviewed, call, tape, world)
      case 'chat':
        throw new Error('nobody chats here')
      default:
        return role satisfies never
    }
  }

  function revise(call: string): Reply {
    const kind = reviewed.isRight ? 'right' : 'logic'
    const planted = tape.revised({ kind, form: reviewed.form, wording: 0 }, call)
    return replyOf(task, { fault: planted.kind === 'right' ? null : 'logic', planted }, tape)
  }

  function isRight(option: string): boolean {
    return recognise(addedIn(option))?.isRight ?? false
  }
}

/** The change under review, told by the lines its diff adds. */
function subjectOf(task: SmallTask, recognise: Recogniser, added: readonly string[]) {
  const known = recognise(added)
  return {
    isRight: known?.isRight ?? false,
    form: known?.form ?? 0,
    name: `version ${known?.form ?? 'unknown'}`,
    file: task.path,
    testOf: (kind: 'shows' | 'blind' | 'demanding') => plantedTestText(task, kind),
  }
}
