import { parentPort } from 'node:worker_threads'
import { privatePaths } from '../../private-paths.ts'
import type { Said } from '../thread.ts'
import type { Documentation } from './documentation.ts'
import type { About, Answers, Asked } from './tool-questions.ts'

// A thread of its own: reading files by the hundred would hold up every stream that is passed on meanwhile.

const leaving = new Map<number, AbortController>()

parentPort?.on('message', (asked: Asked) => {
  if ('leave' in asked) leaving.get(asked.leave)?.abort()
  // what goes wrong with it is told to who asks
  else if ('soon' in asked) void LOAD[asked.soon]().catch(() => {})
  else void answer(asked)
})

/** Loaded when it is needed for the first time: whoever searches the documentation waits for no grammar. */
const LOAD = {
  references: () => import('./references.ts'),
  documentation: () => import('./documentation.ts'),
}

type Question = Extract<Asked, { readonly id: number }>

async function answer(question: Question): Promise<void> {
  const { id } = question
  const over = new AbortController()
  leaving.set(id, over)
  try {
    say({ id, answer: await answerTo(question, over.signal) })
  } catch (error) {
    // who has left is told nothing
    if (!over.signal.aborted) say({ id, trouble: String(error) })
  } finally {
    leaving.delete(id)
  }
}

const say = (said: Said): void => parentPort?.postMessage(said, [])

async function answerTo(question: Question, signal: AbortSignal): Promise<Answers[About]> {
  const isWithheld = rulesOf(question.withheld)
  if (question.about === 'references') {
    const { usesIn } = await LOAD.references()
    return usesIn(question, isWithheld, signal)
  }
  const { createDocumentation } = await LOAD.documentation()
  documentation ??= createDocumentation()
  return documentation.search(question, isWithheld, signal)
}

let documentation: Documentation | null = null

/** By their patterns: each remembers what it was asked, and there are as many as there are kinds of callers. */
const rules = new Map<string, ReturnType<typeof privatePaths>>()

function rulesOf(patterns: readonly string[]): ReturnType<typeof privatePaths> {
  const key = JSON.stringify(patterns)
  const known = rules.get(key) ?? privatePaths(patterns)
  rules.set(key, known)
  return known
}
