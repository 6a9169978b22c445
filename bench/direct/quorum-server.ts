import { startQuorum } from '../quorum.ts'
import { answerQuestions, tellReady } from './child.ts'

// The real server, in a process of its own.

const [upstream, workspace] = process.argv.slice(2)
const quorum = await startQuorum(`${upstream}/v1`, workspace!)
answerQuestions({}, async () => quorum[Symbol.asyncDispose]())
tellReady(quorum.url)
