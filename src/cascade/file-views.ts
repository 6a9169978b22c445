import type { FileView } from '../core/budget-context.ts'
import { symbolsInText } from '../core/code-map/text-symbols.ts'
import type { MappedFile } from '../core/code-map/symbols.ts'
import { excerptsOf } from '../core/excerpt/excerpt.ts'
import type { Wanted } from '../core/excerpt/wanted.ts'
import { inFence } from '../core/fence.ts'
import { shareRoom } from '../core/share-room.ts'
import type { SourceFile } from '../core/task.ts'
import type { Ports, Project } from './ports.ts'
import { readFiles } from './read-files.ts'

/** A file that is to be shown, by how much it matters. */
export type Meant = {
  readonly file: SourceFile
  readonly weight: number
  /** The file is to be changed: room that is left is for what stands around the lines that are wanted. */
  readonly isGround: boolean
}

/** What files define and use; as far as their lines tell where nobody has read them in time. */
export async function mapFiles(
  files: readonly SourceFile[],
  { codebase }: Pick<Ports, 'codebase'>,
  signal: AbortSignal,
): Promise<MappedFile[]> {
  const read = await codebase?.symbols(files, signal)
  return files.map(({ path, content }, index) => ({
    path,
    symbols: read?.[index] ?? symbolsInText(content),
  }))
}

/** Files that are to be changed, all of the same weight, with what they define and use. */
export async function readGround(
  paths: readonly string[],
  tree: string,
  {
    project,
    ports,
  }: { readonly project: Pick<Project, 'base' | 'read'>; readonly ports: Pick<Ports, 'codebase'> },
  signal: AbortSignal,
): Promise<{ readonly meant: Meant[]; readonly mapped: MappedFile[] }> {
  const contents = await readFiles(project, paths, tree)
  const files = Array.from(contents, ([path, content]) => ({ path, content }))
  const meant = files.map((file) => ({ file, weight: 1, isGround: true }))
  return { meant, mapped: await mapFiles(files, ports, signal) }
}

/** Files that are shown whole where they fit into so many characters together, and else by what of them is wanted. */
export function viewFiles(
  meant: readonly Meant[],
  mapped: readonly MappedFile[],
  wantedFrom: (meant: Meant) => Wanted,
  most: number,
): FileView[] {
  const symbols = new Map(mapped.map((file) => [file.path, file.symbols]))
  const whole = meant.map(({ file }) => inFence(file.path, file.content))
  const claims = meant.map(({ weight }, index) => ({ need: whole[index]!.length, weight }))
  const rooms = shareRoom(claims, most)
  return meant.flatMap((one, index) => {
    const { file, weight, isGround } = one
    const read = { ...file, symbols: symbols.get(file.path) ?? symbolsInText(file.content) }
    const part = excerptsOf(read, wantedFrom(one), { fill: isGround })
    const isWhole = rooms[index]! >= whole[index]!.length
    const text = isWhole ? whole[index]! : part(rooms[index]!)
    if (text === '') return []
    return [{ place: file.path, text, form: isWhole ? ('whole' as const) : ('part' as const), weight, part }]
  })
}
