import { FormName, type Form } from '../core/forms/form.ts'
import { whichForm } from '../core/forms/which-form.ts'
import { badRequest } from './faults.ts'
import type { ChatBody } from './wire-format.ts'

type Turn = { readonly role: string; readonly text: string }
type Header = (name: string) => string | undefined

/** The form a client wants its answer in: what it says, else what it is recognised by. */
export function readForm({ metadata }: ChatBody, messages: readonly Turn[], header: Header): Form {
  const chosen =
    readChoice(metadata?.['form'], 'metadata.form') ?? readChoice(header('x-quorum-form'), 'x-quorum-form')
  return whichForm({ chosen, messages, isOpenWebUi: OPEN_WEBUI.some((name) => header(name) !== undefined) })
}

function readChoice(choice: unknown, param: string): FormName | null {
  if (choice === undefined || choice === null) return null
  const read = FormName.safeParse(choice)
  if (read.success) return read.data
  throw badRequest(`${param} is one of: ${FormName.options.join(', ')}`, param)
}

/** Sent where it forwards its users' names (`ENABLE_FORWARD_USER_INFO_HEADERS`), or by the connection's own headers. */
const OPEN_WEBUI = ['user-id', 'user-name', 'user-email', 'user-role', 'chat-id', 'message-id'].map(
  (name) => `x-openwebui-${name}`,
)
