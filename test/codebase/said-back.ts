import { parentPort, threadId } from 'node:worker_threads'

// A program for threads of tests: says which thread it is and who has left it, or does not answer, or breaks.
type Message =
  | { readonly id: number; readonly do: 'answer' | 'hang' | 'fail' | 'break' }
  | { readonly leave: number }

const left: number[] = []

parentPort?.on('message', (message: Message) => {
  if ('leave' in message) return void left.push(message.leave)
  const { id } = message
  if (message.do === 'break') throw new Error('broken on purpose')
  if (message.do === 'fail') return parentPort?.postMessage({ id, trouble: 'no such thing' }, [])
  if (message.do === 'answer') parentPort?.postMessage({ id, answer: { threadId, left } }, [])
})
