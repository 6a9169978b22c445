import { SwarmError } from '../../core/errors.ts'
import { jsonOrNull } from '../../core/json.ts'
import type { Policy } from '../../core/privacy/policy-name.ts'
import { redactSecrets } from '../../core/privacy/secret-shapes.ts'
import { privateIn } from '../../core/privacy/withhold.ts'
import { isForwarded, placeOf, type Placed } from './place.ts'
import type { PrivateTexts } from './private-texts.ts'

/** What is about to be sent. */
export type Parcel = { readonly contentType: string; readonly body: string | Uint8Array }

/** What was kept back from the cloud: which kind, and where it stood; never the text. */
export type Held = {
  readonly what: 'private' | 'secret' | 'offline'
  /** Private files, or kinds of secrets. */
  readonly names: readonly string[]
  /** Where in the request it stood; empty where that says nothing. */
  readonly at: readonly string[]
  readonly model: string
  readonly host: string
}

/** The one gate that every request to a model passes, whoever sends it. */
export type Guard = {
  /** The body as it may go there; for a local model as it is. Throws 'forbidden' where nothing of it may go. */
  pass(parcel: Parcel, to: Placed): Promise<Parcel['body']>
}

export type GuardOptions = {
  readonly policy: Policy
  readonly isPrivate: (path: string) => boolean
  readonly texts: Pick<PrivateTexts, 'filesIn'>
  readonly onHeld: (held: Held) => void
  /** Models that the configuration says are in the cloud, whatever their address. */
  readonly cloudModels?: readonly Placed[]
}

/** Lets everything through to local models; for the cloud, private files stop a request and secrets are redacted. */
export function createGuard(options: GuardOptions): Guard {
  const { policy, isPrivate, texts, onHeld, cloudModels = [] } = options
  return {
    async pass(parcel, to) {
      const named = namedIn(parcel, to, cloudModels)
      if (placeOf(to) === 'local' && named === null) return parcel.body
      const where = { model: named ?? to.model, host: new URL(to.url).host }
      const tell = (held: Pick<Held, 'what' | 'names' | 'at'>): void => onHeld({ ...held, ...where })
      const content = await readParcel(parcel)
      if (policy === 'offline' || asksOffline(content.json)) {
        tell({ what: 'offline', names: [], at: [] })
        throw refused(`the policy is offline, and ${where.model} at ${where.host} is in the cloud`)
      }
      const files = await privateFiles(content.texts)
      if (files.length > 0) {
        tell({ what: 'private', names: files, at: [] })
        throw refused(
          `${files.slice(0, 5).join(', ')} ${files.length === 1 ? 'is' : 'are'} private, and ${where.model} at ${where.host} is in the cloud: nothing was sent. Take it out of the conversation, or ask a local model`,
        )
      }
      const { kinds, at, body } = redacted(parcel, content)
      if (kinds.length > 0) tell({ what: 'secret', names: kinds, at })
      return body
    },
  }

  async function privateFiles(all: readonly string[]): Promise<string[]> {
    const labelled = all.flatMap((text) => privateIn(text, isPrivate))
    const quoted = await texts.filesIn(all.join('\n'))
    return [...new Set([...labelled, ...quoted])]
  }
}

/** Where nobody said what is private: secrets are redacted all the same. */
export const BARE_GUARD: Guard = createGuard({
  policy: 'prefer-local',
  isPrivate: () => false,
  texts: { filesIn: async () => [] },
  onHeld: () => {},
})

/** The model in the cloud that a request for a local server names; null where it names none. */
function namedIn({ body }: Parcel, { url }: Placed, cloudModels: readonly Placed[]): string | null {
  if (typeof body !== 'string') return null
  const forwarded = cloudModels.filter((tier) => tier.url === url).map(({ model }) => model)
  // an escaped name is looked at, too; any other body is not taken apart
  if (forwarded.length === 0 && !/[:-]cloud"|\\u00/.test(body)) return null
  const json: unknown = jsonOrNull(body)
  const model = typeof json === 'object' && json !== null && 'model' in json ? json.model : null
  if (typeof model !== 'string') return null
  return forwarded.includes(model) || isForwarded(model) ? model : null
}

type Content = {
  /** null: it is no JSON. */
  readonly json: object | null
  readonly texts: readonly string[]
}

async function readParcel({ contentType, body }: Parcel): Promise<Content> {
  if (typeof body === 'string') {
    const json: unknown = jsonOrNull(body)
    if (typeof json !== 'object' || json === null) return { json: null, texts: [body] }
    const texts: string[] = []
    mapTexts(json, [], (text) => (texts.push(text), text))
    return { json, texts }
  }
  const copy = new Uint8Array(body)
  const form = await new Response(copy, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => null)
  if (form === null) return { json: null, texts: [new TextDecoder().decode(body)] }
  const parts = [...form].map(([, part]) => (typeof part === 'string' ? part : nameOfPart(part)))
  return { json: null, texts: parts }
}

/** What is in a recording nobody can tell, but whose it is by its name. */
const nameOfPart = ({ name }: File): string => `\`\`\` ${name}`

/** The texts of a request with the places where they stand, each replaced; also those of JSON inside JSON. */
function mapTexts(
  value: unknown,
  at: readonly string[],
  change: (text: string, at: readonly string[]) => string,
): unknown {
  if (typeof value === 'string') return isBytes(value) ? value : mapText(value, at, change)
  if (at.length > MOST_LEVELS) throw refused(`it is nested more than ${MOST_LEVELS} levels deep`)
  if (Array.isArray(value)) return value.map((part, index) => mapTexts(part, [...at, String(index)], change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [change(key, at), mapTexts(part, [...at, key], change)]),
  )
}

const MOST_LEVELS = 100
/** JSON inside JSON is not taken apart below this. */
const DEEPEST = 40

/** The arguments of a tool call are JSON in a string. */
function mapText(
  text: string,
  at: readonly string[],
  change: (text: string, at: readonly string[]) => string,
): string {
  const inner: unknown = /^\s*[{[]/.test(text) && at.length < DEEPEST ? jsonOrNull(text) : null
  if (typeof inner !== 'object' || inner === null) return change(text, at)
  let isChanged = false
  const changed = mapTexts(inner, at, (part, where) => {
    const instead = change(part, where)
    isChanged ||= instead !== part
    return instead
  })
  return change(isChanged ? JSON.stringify(changed) : text, at)
}

/** Pictures and recordings as they stand in JSON: a data URI, or base64 alone. */
const isBytes = (text: string): boolean =>
  text.length > 2_000 && /^(?:data:[\w/+.-]{1,100}(?:;[\w=-]{1,100})?;base64,)?[A-Za-z0-9+/=]+$/.test(text)

function asksOffline(json: object | null): boolean {
  const metadata: unknown = json !== null && 'metadata' in json ? json.metadata : null
  return (
    typeof metadata === 'object' && metadata !== null && 'policy' in metadata && metadata.policy === 'offline'
  )
}

/** The bytes stay the sender's own unless something has to go. */
function redacted(
  { body }: Parcel,
  { json, texts }: Content,
): { kinds: string[]; at: string[]; body: Parcel['body'] } {
  const kinds = new Set<string>()
  const places = new Set<string>()
  const clean = (text: string, at: readonly string[]): string => {
    const found = redactSecrets(text)
    if (found.kinds.length === 0) return text
    for (const kind of found.kinds) kinds.add(kind)
    places.add(at.join('.'))
    return found.text
  }
  if (json !== null) {
    const changed = mapTexts(json, [], clean)
    return { kinds: [...kinds], at: [...places], body: kinds.size === 0 ? body : JSON.stringify(changed) }
  }
  if (typeof body === 'string') {
    const changed = clean(body, ['body'])
    return { kinds: [...kinds], at: [...places], body: changed }
  }
  // a form is not made anew for a word in it
  const secrets = texts.flatMap((text) => redactSecrets(text).kinds)
  if (secrets.length > 0) throw refused(`the form holds what looks like a secret (${secrets.join(', ')})`)
  return { kinds: [], at: [], body }
}

const refused = (why: string): SwarmError => new SwarmError('forbidden', why)
