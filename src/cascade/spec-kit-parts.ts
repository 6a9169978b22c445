import { wantedIn } from '../core/excerpt/wanted.ts'
import { readGround, viewFiles } from './file-views.ts'
import type { Draft, PromptPart } from './fit-prompt.ts'
import type { Setting } from './setting.ts'

/** Of a prompt's room, what the feature's documents are sure to get. */
const SHARE = 0.2

/** A coder's prompt with the feature's documents in it, whole where they fit; for that, everything else does with less room. */
export async function withDocuments(
  draft: Draft,
  about: string,
  { specKit, brief, project, ports }: Setting,
  signal: AbortSignal,
): Promise<Draft> {
  if (!specKit || specKit.shown.length === 0) return draft
  const { meant, mapped } = await readGround(specKit.shown, project.base, { project, ports }, signal)
  const wanted = wantedIn(`${brief.request}\n${about}`, mapped)
  const documents: PromptPart = {
    kind: 'files',
    into: 'overview',
    name: 'documents of the feature',
    heading: '# Documents to go by',
    share: SHARE,
    files: viewFiles(meant, mapped, () => wanted, ports.limits.contextCharacters / 2),
  }
  const smaller = draft.parts.map((part) => ({ ...part, share: part.share * (1 - SHARE) }))
  return { ...draft, parts: [...smaller, documents] }
}
