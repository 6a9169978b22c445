import { parentPort } from 'node:worker_threads'
import type { CodeGraph } from '../core/code-map/code-graph.ts'
import { findNames } from '../core/code-map/find-names.ts'
import { rankCode } from '../core/code-map/rank.ts'
import { renderMap } from '../core/code-map/render.ts'
import type { FileSymbols } from '../core/code-map/symbols.ts'
import type { SourceFile } from '../core/task.ts'
import { openIndex, type CodeIndex } from './code-index.ts'
import type { Answers, NumberedQuestion, Question } from './map-questions.ts'
import { readSymbols } from './read-symbols.ts'
import type { Said } from './thread.ts'

// A thread of its own: reading a code base and ranking it would hold up every stream that is passed on meanwhile.

/** Code bases held at once; the one asked longest ago goes. */
const MOST_HELD = 4
const indexes = new Map<string, Promise<CodeIndex>>()

// the next is asked when this one is answered
parentPort?.on('message', (question: NumberedQuestion) => void answer(question))

async function answer(question: NumberedQuestion): Promise<void> {
  let asked: number | null = question.id
  try {
    if (question.about === 'texts') return say({ id: question.id, answer: await symbolsOf(question.files) })
    const index = await held(question.root, question.cacheFolder)
    say({ id: question.id, answer: answerFrom(await index.graphOf(question.paths), question) })
    asked = null
    await index.keep()
  } catch (error) {
    say({ id: asked, trouble: String(error) })
  }
}

const say = (said: Said): void => parentPort?.postMessage(said, [])

function answerFrom(
  graph: CodeGraph,
  question: Exclude<Question, { about: 'texts' }>,
): Answers['map' | 'names'] {
  if (question.about === 'names') return findNames(graph.files, question.names)
  const { request, open, tokens } = question
  return renderMap(rankCode(graph, { request, open }), tokens)
}

async function symbolsOf(files: readonly SourceFile[]): Promise<FileSymbols[]> {
  const symbols: FileSymbols[] = []
  for (const { path, content } of files) symbols.push(await readSymbols(path, content))
  return symbols
}

function held(root: string, cacheFolder: string | null): Promise<CodeIndex> {
  const index = indexes.get(root) ?? openIndex(root, cacheFolder)
  indexes.delete(root)
  indexes.set(root, index)
  const [oldest] = indexes.keys()
  if (indexes.size > MOST_HELD && oldest !== undefined) indexes.delete(oldest)
  return index
}
