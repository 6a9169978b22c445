import {
  allPlanted,
  BASE,
  linesOf,
  NEIGHBOUR,
  NEIGHBOUR_TEXT,
  SUBJECT,
  SUBJECT_TEST,
  testText,
  type Planted,
} from '../planted.ts'
import { testKind, type Reply } from '../judges.ts'
import type { Tape, Written } from '../tape.ts'
import type { World } from '../world.ts'

const whole = (text: string): Reply => ({ text, cut: false })

/** An edit block, as coders are asked for. */
const edit = (path: string, search: string, replace: string): string =>
  `${path}\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`

export const planReply = (): Reply =>
  whole(
    JSON.stringify({
      subtasks: [{ id: '1', description: 'make the change', filesOwned: [SUBJECT], dependsOn: [] }],
    }),
  )

/** A coder's reply: the planted change, or one of the ways in which there is none. */
export function codeReply({ fault, planted }: Written, current: Planted): Reply {
  const [before, after] = [linesOf(current), linesOf(planted)]
  switch (fault) {
    case null:
    case 'logic':
    case 'mistyped':
      return whole(edit(SUBJECT, before, after))
    case 'malformed':
      return whole(edit(SUBJECT, '  const nothing = likeThis(anywhere)', after))
    case 'wrong-file':
      return whole(edit(NEIGHBOUR, NEIGHBOUR_TEXT.trim(), linesOf(planted)))
    case 'prose':
      return whole('The function has to respect its limit. I would look at how the value is computed first.')
    case 'truncated':
      return { text: edit(SUBJECT, before, after).slice(0, -40), cut: true }
    case 'tampered':
      return whole(
        edit(SUBJECT, before, after) +
          edit(SUBJECT_TEST, '  assert.equal(subject(3, 2), 2)', '  assert.ok(subject(3, 2))'),
      )
    default:
      return fault satisfies never
  }
}

/** The reply of a coder who revises the change that the prompt shows. */
export function revisionReply(prompt: string, call: string, tape: Tape): Reply {
  const current = currentIn(prompt)
  const planted = tape.revised(current, call)
  return codeReply({ fault: planted.kind === 'right' ? null : 'logic', planted }, current)
}

/** A test of the request, under a name of its own. */
export function testReply(call: string, tape: Tape, world: World): Reply {
  const path = `test/request-${Math.floor(tape.chance('test name', call) * 1e6)}.test.ts`
  return whole(edit(path, '', testText({ kind: testKind(call, tape, world) })))
}

/** The change as the files in a prompt show it: the lines of a diff have a mark before them. */
export function currentIn(prompt: string): Planted {
  const lines = prompt.split('\n').filter((line) => line.startsWith('  const '))
  return allPlanted(lines.join('\n'))[0] ?? BASE
}
