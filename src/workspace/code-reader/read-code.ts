import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { normalForm } from '../normal-form/normal-form.ts'
import { firstMistake } from '../syntax/first-mistake.ts'
import { Question } from './questions.ts'

// A program of its own, see code-reader.ts: questions come in by stdin, and what there is to say of a file goes out at
// once, because the next file may be the end of this process. It ends with its input.
const read = { mistakes: firstMistake, forms: normalForm } as const

for await (const line of createInterface({ input: process.stdin })) {
  const { about, files } = Question.parse(JSON.parse(line))
  for (const file of files) {
    const found = read[about](file)
    if (found !== null) say({ found })
  }
  say({ done: true })
}

function say(answer: object): void {
  writeSync(1, `${JSON.stringify(answer)}\n`)
}
