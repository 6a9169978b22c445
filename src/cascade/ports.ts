import type { Capability } from '../core/capability.ts'
import type { NamePlaces } from '../core/code-map/find-names.ts'
import type { FileSymbols } from '../core/code-map/symbols.ts'
import type { SwarmEvent } from '../core/event.ts'
import type { Experience } from '../core/experience.ts'
import type { JsonSchema } from '../core/json-form.ts'
import type { Media, MediaKind } from '../core/media.ts'
import type { OfferedTool } from '../core/offered-tool.ts'
import type { Privacy } from '../core/privacy/policy.ts'
import type { EndpointPlace } from '../core/privacy/policy-name.ts'
import type {
  Budget,
  EarlierChange,
  FileChange,
  Gate,
  OnTop,
  Patch,
  RanGate,
  Role,
  SourceFile,
  TierName,
  Usage,
  WorkspaceChoice,
} from '../core/task.ts'
import type { SpokenCall } from '../core/tool-step/spoken-calls.ts'
import type { ToolAnswer, ToolCard } from '../core/tools/tool-card.ts'

/** A stage speaks by `yield` and answers by `return`. */
export type Stage<Result> = AsyncGenerator<SwarmEvent, Result, void>

export type Message = { role: 'system' | 'user' | 'assistant'; content: string }

export type ModelRequest = {
  role: Role
  tier: TierName
  messages: Message[]
  temperature: number
  seed: number
  maxTokens: number
  /** Ask the server for a JSON object where it can. */
  json: boolean
  /** The form of that object as JSON schema, for servers that can be held to one. */
  schema?: JsonSchema
  /** What it may call instead of replying; the form is then only for a server that refuses tools. */
  tools?: readonly OfferedTool[]
  /** The reply is one of these and nothing else, held to it where the server can; null where it is free. */
  choices: readonly string[] | null
  /** Whose call it is: of those who wait for a slot, everybody has his turn. */
  task?: string
  /** Data URIs that go with the last message, for a model that sees. */
  pictures?: readonly string[]
}

export type ModelReply = {
  text: string
  /** Log-probability of each of the request's choices, where the server tells them; null elsewhere. */
  scores: Readonly<Record<string, number>> | null
  finishReason: 'stop' | 'length' | 'other'
  /** What it calls, as it wrote that; absent where it calls nothing. */
  calls?: readonly SpokenCall[]
  /** Why it was not offered the tools of the request; absent where it was, or there were none. */
  toolless?: string
  usage: Usage
  /** The server did not read all of the prompt, by its own count; absent where it did, or cannot be told. */
  cut?: { readonly sent: number; readonly counted: number; readonly advice: string }
  /** The model that answered, where it is not the tier's own. */
  by?: string
  /** Why it is not. */
  standIn?: { readonly model: string; readonly at: string; readonly for: string; readonly reason: string }
}

export type Window = {
  /** Prompt and reply together; null where nobody knows. */
  readonly tokens: number | null
  /** Its tokens for each of our estimate's, which is an upper bound for most vocabularies. */
  readonly scale: number
}

/** Language models, by tier. */
export type Models = {
  /** The configured tiers, in the order of escalation. Never empty. */
  readonly tiers: readonly TierName[]
  /** The model name behind a tier, for the story. */
  modelOf(tier: TierName): string
  /** Those of them that a task may start at. Absent: all. */
  readonly first?: readonly TierName[]
  /** Who plans and reviews where a policy says so. Absent: the attempt's own tier, and the reviewers'. */
  readonly chairs?: { readonly planner?: TierName; readonly reviewer?: TierName }
  /** Where a tier's model answers: tiers on the same servers go down together. Absent: all on one. */
  serversOf?(tier: TierName): string
  /** What the server behind a tier can do: its window, its slots … Asked once; never throws but for an abort. Absent: nobody knows. */
  capabilityOf?(tier: TierName, signal: AbortSignal): Promise<Capability>
  /** What a tier's model reads at once, and how its tokens stand to our estimate. Absent: nobody knows. */
  windowOf?(tier: TierName, signal: AbortSignal): Promise<Window>
  /** The server's own count of these messages; null where it has none. */
  countTokens?(tier: TierName, messages: readonly Message[], signal: AbortSignal): Promise<number | null>
  /**
   * Has a server read the beginning of a prompt that will be asked soon, where that helps: it keeps what it has read,
   * and a slot is free. Null where it was not done; only an abort throws.
   */
  warm?(tier: TierName, messages: readonly Message[], signal: AbortSignal): Promise<Usage | null>
  /**
   * One streamed call: yields the number of characters received so far, returns the reply.
   * Waits for a slot of the tier first. Throws SwarmError 'upstream' | 'timeout' | 'overloaded'; an abort throws too.
   */
  call(request: ModelRequest, signal: AbortSignal): AsyncGenerator<number, ModelReply, void>
}

/** A prompt ready to send, with the contract its front matter states. */
export type Prompt = {
  messages: Message[]
  temperature: number
  maxTokens: number
  json: boolean
  /** The form of that JSON, where it has a strict one. */
  schema?: JsonSchema
  tools?: readonly OfferedTool[]
}

export type PromptName = 'plan' | 'code' | 'test' | 'vote' | 'review' | 'answer' | 'research' | 'describe'

export type Prompts = {
  /** Throws on an unknown prompt, a missing value or a value no placeholder asks for: a prompt bug is a crash. */
  render(name: PromptName, values: Record<string, string>): Prompt
  /** Another text has another version: what was learnt under one says little about the other. */
  version(name: PromptName): string
}

/** What a model made of a picture or a recording. */
export type Worded = { readonly model: string; readonly text: string; readonly usage: Usage }

/** Models that put pictures and recordings into words. They throw SwarmError where nobody can, or a model fails. */
export type Senses = {
  /** Who does it; null where nobody is known to. */
  find(
    kind: MediaKind,
    signal: AbortSignal,
  ): Promise<{ readonly model: string; readonly place?: EndpointPlace } | null>
  describe(picture: Media, prompt: Prompt, signal: AbortSignal): Promise<Worded>
  transcribe(recording: Media, signal: AbortSignal): Promise<Worded>
}

/** A checked-out tree in which gates can run; given back to the pool when disposed. */
export type Workspace = AsyncDisposable & {
  run(gate: Gate, signal: AbortSignal): Promise<RanGate>
  /** Hands what the tools of the gates remember on to every later checkout; does nothing except on the base. */
  keepCaches(): Promise<void>
}

/** The first place at which a file cannot be read; lines count from 1. */
export type Mistake = { readonly path: string; readonly line: number; readonly message: string }

/** A user's project, frozen as it was when it was opened. Disposing removes everything made for it. */
export type Project = AsyncDisposable & {
  readonly name: string
  /** The user's HEAD commit; null where there is none. */
  readonly commit: string | null
  /** Tree of the user's files as they were at opening, uncommitted and untracked included. */
  readonly theirs: string
  /** The tree that is worked on: theirs, with the earlier change that the task goes on from where they lack it. */
  readonly base: string
  /** null where the task stands for itself; `asThen`: their files are those that the earlier change was made from. */
  readonly onTop: (OnTop & { readonly asThen: boolean }) | null
  /** The project's own checks, from the base, in the order they run. */
  readonly gates: readonly Gate[]
  /** Files that the checks themselves run, such as a script of the project's that lints. */
  readonly judges: ReadonlySet<string>
  /** What holds the gates that run model-written code. */
  readonly cage: 'bubblewrap' | 'seatbelt' | 'none'
  /** Checks of the project that are not run, because nothing would hold them. */
  readonly leftOut: readonly string[]
  /** Paths of a tree's regular files; symlinks and submodules are left out. */
  files(tree: string): Promise<string[]>
  /** Text of a file; undefined when it is absent, binary or not a regular file. */
  read(tree: string, path: string): Promise<string | undefined>
  /** Files of the change that do not parse, unless they did not parse in `tree` either. */
  mistakes(tree: string, changes: readonly FileChange[], signal: AbortSignal): Promise<Mistake[]>
  /** A new tree: `tree` with these changes. Throws SwarmError 'bad-request' when a path may not be written. */
  write(tree: string, changes: readonly FileChange[], signal: AbortSignal): Promise<string>
  /** Paths in `to` that are not the same in `from`, and those that are gone. */
  changes(from: string, to: string, signal: AbortSignal): Promise<{ written: string[]; removed: string[] }>
  /**
   * What is left of a change when comments, formatting, import order and local names do not count. Equal forms are equal
   * code; what cannot be read that way is its own text.
   */
  formOf(from: string, to: string, signal: AbortSignal): Promise<string>
  /** git's own diff between two trees. */
  diff(from: string, to: string, signal: AbortSignal): Promise<Patch>
  /** `onto` plus the changes from `from` to `to`, for disjoint sets of files. */
  merge(onto: string, from: string, to: string, signal: AbortSignal): Promise<string>
  /** What this tree is judged by. A project that began empty has no checks of its own: each tree brings them along. */
  judgeOf(tree: string, request: string, signal: AbortSignal): Promise<Judge>
  /** A clean workspace that holds exactly this tree, and the project's dependencies. Waits for a free one. */
  checkout(tree: string, signal: AbortSignal): Promise<Workspace>
}

export type Judge =
  | {
      readonly kind: 'judge'
      /** There is no base whose failures would not count. */
      readonly isNew: boolean
      readonly gates: readonly Gate[]
      /** A workspace with the packages these gates need. */
      readonly checkout: Project['checkout']
    }
  /** The tree brings no real judge, told as the run of a check that failed. */
  | { readonly kind: 'refused'; readonly run: RanGate }

export type Workspaces = {
  /** Throws SwarmError 'bad-request' when the choice names nothing this server serves. */
  open(choice: WorkspaceChoice, signal: AbortSignal): Promise<Project>
  /** The same with an earlier change in it, as far as that fits. */
  openOnTop(choice: WorkspaceChoice, upon: EarlierChange, signal: AbortSignal): Promise<Project>
}

/** A workspace as it is now, only to read from; there is nothing to close. */
export type Look = {
  /** Its files, ignored ones left out. */
  readonly paths: readonly string[]
  /** Text of one of them; undefined when it is gone, binary, large or a link. */
  read(path: string): Promise<string | undefined>
}

/** The part of a code base that matters for a request. */
export type MappedCode = {
  /** The most telling first, each as a prompt shows it: a fence with its path, and in it what it declares. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly tokens: number
  /** Found by what uses what, or, as long as nobody has read it all, by searching for the request's words. */
  readonly by: 'symbols' | 'search'
}

/** What is known of the code of a workspace. */
export type Codebase = {
  /** A map in at most so many tokens; null where none can be had within half a second. `open`: files surely meant. */
  map(
    workspace: string,
    wish: { readonly request: string; readonly open: readonly string[]; readonly tokens: number },
    signal: AbortSignal,
  ): Promise<MappedCode | null>
  /** What each of these texts defines and uses; null where that takes longer than half a second. */
  symbols(files: readonly SourceFile[], signal: AbortSignal): Promise<FileSymbols[] | null>
  /** Where a workspace, as it is now, defines and uses these names; null where that takes longer than half a second. */
  find(workspace: string, names: readonly string[], signal: AbortSignal): Promise<NamePlaces[] | null>
}

/** Questions about the workspaces served, for whoever may ask: bounded answers, and nothing is changed. */
export type Tools = {
  readonly cards: readonly ToolCard[]
  /** Throws SwarmError 'not-found' for a tool that is not here, 'bad-request' with the argument it does not take. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<ToolAnswer>
}

/** Time as a port, because fake timers cannot reach `node:timers/promises`. */
export type Clock = {
  /** Milliseconds since the epoch; as exact as differences need. */
  now(): number
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The owner's numbers; see README, Configuration. */
export type Limits = {
  /** Coders a contest starts, by tier. */
  seats: Readonly<Record<TierName, number>>
  /** Of those, so many at once, where the machine bears no more. Absent: all. */
  together?: Readonly<Partial<Record<TierName, number>>>
  /** One call at a time, and a model stays in memory as long as it can: coders follow one another. */
  sequential?: boolean
  /** Ballots a vote may take. */
  ballots: number
  /** Equal ballots that decide a vote, and verified candidates that close a contest. */
  quorum: number
  /** Coder and reviewer go back and forth at most this often in one attempt. */
  reviewLoops: number
  attemptsPerTier: number
  attempts: number
  /** Largest patch of one candidate, in added plus removed lines. */
  patchLines: number
  /** Coders' temperatures are spread evenly over this range. */
  temperatures: readonly [number, number]
  /** Once a candidate is verified, stragglers get this much of its time again before the contest closes without them. */
  patience: number
  /** The least time stragglers are given, in milliseconds. */
  patienceMs: number
  /** Characters of project files a prompt may carry. */
  contextCharacters: number
  /** `first-to-3`: survivors that differ always go to five shuffled ballots; else the effort decides. */
  voting: 'by-effort' | 'first-to-3'
  /** What any task may spend; a request can only ask for less. */
  budget: Budget
}

export type Ports = {
  /** What earlier tasks have taught. */
  experience: Experience
  models: Models
  /** Absent: a task comes without pictures and recordings. */
  senses?: Senses
  /** Absent: nobody has a map of the code. */
  codebase?: Codebase
  prompts: Prompts
  clock: Clock
  limits: Limits
  /** What a planner may look with: `inside` for a model at home, `outside` leaves out what is private. Absent: nothing. */
  tools?: { readonly inside: Tools; readonly outside: Tools }
  /** What stays at home. Absent: every model is local. */
  privacy?: Privacy
}
