/** An edit as it is meant: some lines of a file replaced by others. */
export type Change = { at: number; removed: number; added: string[] }
export type FileChange = { path: string; before: string[]; changes: Change[] }
export type WrittenLine = { mark: ' ' | '-' | '+'; text: string }
export type WrittenHunk = { start: number; newStart: number; lines: WrittenLine[]; heading: string }

export function changed({ before, changes }: FileChange): string[] {
  const after: string[] = []
  let at = 0
  for (const change of changes) {
    after.push(...before.slice(at, change.at), ...change.added)
    at = change.at + change.removed
  }
  return [...after, ...before.slice(at)]
}

/** Hunks as git would make them, with this much context; near changes share one. */
export function hunksOf({ before, changes }: FileChange, context = 3): WrittenHunk[] {
  const groups: Change[][] = []
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1)
    if (last && change.at - (last.at + last.removed) <= context * 2) groups.at(-1)!.push(change)
    else groups.push([change])
  }
  let shift = 0
  return groups.map((group) => {
    const first = Math.max(0, group[0]!.at - context)
    const end = Math.min(before.length, group.at(-1)!.at + group.at(-1)!.removed + context)
    const lines: WrittenLine[] = []
    let at = first
    for (const change of group) {
      lines.push(...before.slice(at, change.at).map((text) => ({ mark: ' ' as const, text })))
      const removed = before.slice(change.at, change.at + change.removed)
      lines.push(...removed.map((text) => ({ mark: '-' as const, text })))
      lines.push(...change.added.map((text) => ({ mark: '+' as const, text })))
      at = change.at + change.removed
    }
    lines.push(...before.slice(at, end).map((text) => ({ mark: ' ' as const, text })))
    const hunk = { start: first + 1, newStart: first + 1 + shift, lines, heading: headingOf(before, first) }
    shift += group.reduce((sum, { added, removed }) => sum + added.length - removed, 0)
    return hunk
  })
}

const headingOf = (before: readonly string[], first: number): string =>
  before.slice(0, first).findLast((line) => /^[A-Za-z_$]/.test(line)) ?? ''

export const count = ({ lines }: WrittenHunk, ...marks: string[]): number =>
  lines.filter(({ mark }) => marks.includes(mark)).length

export const header = (hunk: WrittenHunk): string =>
  `@@ -${hunk.start},${count(hunk, ' ', '-')} +${hunk.newStart},${count(hunk, ' ', '+')} @@${hunk.heading === '' ? '' : ` ${hunk.heading}`}`

export const body = (hunk: WrittenHunk): string[] => hunk.lines.map(({ mark, text }) => mark + text)

export type DiffStyle = {
  context?: number
  header?: (hunk: WrittenHunk, index: number) => string | null
  body?: (hunk: WrittenHunk) => string[]
  names?: (path: string) => string[]
  hunks?: (hunks: WrittenHunk[]) => WrittenHunk[]
}

export function unified(change: FileChange, style: DiffStyle = {}): string {
  const hunks = (style.hunks ?? ((all) => all))(hunksOf(change, style.context ?? 3))
  const names = style.names ?? ((path) => [`--- a/${path}`, `+++ b/${path}`])
  const lines = hunks.flatMap((hunk, index) => {
    const head = (style.header ?? header)(hunk, index)
    return [...(head === null ? [] : [head]), ...(style.body ?? body)(hunk)]
  })
  return [...names(change.path), ...lines].join('\n')
}

export const fenced = (text: string, info = 'diff'): string => `\`\`\`${info}\n${text}\n\`\`\``

export type BlockStyle = {
  context?: number
  line?: (text: string) => string
  search?: (lines: string[]) => string[]
  replace?: (lines: string[]) => string[]
  marks?: [string, string, string]
}

/** SEARCH/REPLACE blocks, without a path. */
export function blocks(change: FileChange, style: BlockStyle = {}): string[] {
  const [open, middle, close] = style.marks ?? ['<<<<<<< SEARCH', '=======', '>>>>>>> REPLACE']
  const same = (lines: string[]): string[] => lines
  const line = style.line ?? ((text: string) => text)
  return hunksOf(change, style.context ?? 2).map(({ lines }) => {
    const side = (mark: '-' | '+'): string[] =>
      lines.filter((one) => one.mark === ' ' || one.mark === mark).map(({ text }) => line(text))
    return [
      open,
      ...(style.search ?? same)(side('-')),
      middle,
      ...(style.replace ?? same)(side('+')),
      close,
    ].join('\n')
  })
}

export const blockReply = (change: FileChange, style: BlockStyle = {}): string =>
  blocks(change, style)
    .map((block) => `${change.path}\n${block}`)
    .join('\n\n')

export function applyPatch(
  change: FileChange,
  style: { context?: number; heading?: boolean; end?: boolean } = {},
): string {
  const hunks = hunksOf(change, style.context ?? 3).flatMap((hunk) => [
    style.heading === false || hunk.heading === '' ? '@@' : `@@ ${hunk.heading}`,
    ...body(hunk),
  ])
  return [
    '*** Begin Patch',
    `*** Update File: ${change.path}`,
    ...hunks,
    ...(style.end === false ? [] : ['*** End Patch']),
  ].join('\n')
}
