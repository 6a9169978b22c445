import type { FileChange } from '../task.ts'
import { refusal } from './edits.ts'
import type { FileEdit, Refusal } from './edits.ts'
import { applyHunks } from './apply-hunks.ts'
import type { Patched } from './apply-hunks.ts'
import type { Budget } from './target.ts'
import { replaceText } from './replace-text.ts'
import { takeApart } from './text-file.ts'
import { leftOut, replaceWhole } from './whole.ts'
import { findLazy } from './lazy.ts'

type Applied = { ok: true; changes: FileChange[]; notes: string[] }

/** All edits of one file; `before` is undefined when there is no such file yet. */
export function applyToFile(
  path: string,
  edits: readonly FileEdit[],
  before: string | undefined,
  budget: Budget,
): Applied | Refusal {
  const meant = withoutRepeats(path, edits, before)
  if (meant.every(isPatch)) return patched(path, meant, before ?? '', budget)
  if (meant.length > 1) return refusal('overlap', `${path} is edited in two ways; choose one`)
  const [edit] = meant
  switch (edit?.kind) {
    case undefined:
      return { ok: true, changes: [], notes: [] }
    case 'create':
      return created(path, edit.content, before)
    case 'whole': {
      if (edit.besidePatch && before !== undefined) {
        return refusal('exists', `${path} exists; change it with the patch, as the other files`)
      }
      const whole = replaceWhole(path, edit, before)
      return whole.ok ? written(path, whole.content) : whole
    }
    case 'delete':
      return deleted(path, edit.lines, before ?? '')
    case 'move': {
      const result = applyHunks(
        path,
        [{ hunks: edit.hunks, order: 'numbered', escaped: false }],
        before ?? '',
        budget,
      )
      if (!result.ok) return result
      const changes = [
        { path, content: null },
        { path: edit.to, content: result.content },
      ]
      return { ok: true, changes, notes: result.notes }
    }
    default:
      return refusal('overlap', `${path} is edited in two ways; choose one`)
  }
}

type PatchEdit = Extract<FileEdit, { kind: 'hunks' | 'text' }>

const isPatch = (edit: FileEdit): edit is PatchEdit => edit.kind === 'hunks' || edit.kind === 'text'

const written = (path: string, content: string): Applied => ({
  ok: true,
  changes: [{ path, content }],
  notes: [],
})

/** Whole files that only quote what is there, or say the same twice, are no edits; deleting and creating replaces. */
function withoutRepeats(path: string, edits: readonly FileEdit[], before: string | undefined): FileEdit[] {
  if (edits.length === 1) return [...edits]
  const wholes = new Set<string>()
  const rest = edits.filter((edit) => {
    if (edit.kind !== 'whole' && edit.kind !== 'create') return true
    const content = edit.content.trimEnd()
    const repeats = wholes.has(content) || content === before?.replaceAll('\r\n', '\n').trimEnd()
    wholes.add(content)
    return !repeats
  })
  const [first, second] = rest
  if (rest.length === 2 && first?.kind === 'delete' && second?.kind === 'create') {
    return [{ kind: 'whole', path, content: second.content, label: null, besidePatch: false }]
  }
  return rest
}

/** Patches of one file one after the other; hunks that follow each other are placed together. */
function patched(
  path: string,
  edits: readonly PatchEdit[],
  before: string,
  budget: Budget,
): Applied | Refusal {
  let content = before
  const notes: string[] = []
  for (let index = 0; index < edits.length;) {
    const edit = edits[index]!
    const run = edit.kind === 'text' ? [] : runOfHunks(edits, index)
    const result: Patched =
      edit.kind === 'text' ? replaceText(path, edit, content, budget) : applyHunks(path, run, content, budget)
    if (!result.ok) return result
    content = result.content
    notes.push(...result.notes)
    index += Math.max(1, run.length)
  }
  return { ok: true, changes: [{ path, content }], notes }
}

function runOfHunks(edits: readonly PatchEdit[], from: number): Extract<PatchEdit, { kind: 'hunks' }>[] {
  const end = edits.findIndex((edit, index) => index > from && edit.kind !== 'hunks')
  return edits.slice(from, end < 0 ? edits.length : end).filter((edit) => edit.kind === 'hunks')
}

function created(path: string, content: string, before: string | undefined): Applied | Refusal {
  const lazy = findLazy(path, takeApart(content).lines, new Set())
  if (lazy !== null) return leftOut(path, lazy)
  if (before === undefined || before.trim() === '') return written(path, content)
  if (before.replaceAll('\r\n', '\n') === content) return { ok: true, changes: [], notes: [] }
  return refusal(
    'exists',
    `${path} exists already; to change it, show the lines as they are now and as they shall be`,
  )
}

function deleted(path: string, lines: readonly string[] | null, before: string): Applied | Refusal {
  const text = (all: readonly string[]): string =>
    all
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n')
  if (lines !== null && text(lines) !== text(takeApart(before).lines)) {
    return refusal('no_match', `${path} holds other lines than those the patch deletes with it`)
  }
  return { ok: true, changes: [{ path, content: null }], notes: [] }
}
