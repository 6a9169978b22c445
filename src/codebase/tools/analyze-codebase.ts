import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isWorthMapping } from '../../core/code-map/worth-mapping.ts'
import { fitLines, joined, note } from '../../core/tools/bounded.ts'
import {
  entryPoints,
  foldersOf,
  languagesOf,
  largestOf,
  scriptsIn,
  type SizedFile,
} from '../../core/tools/project-sheet.ts'
import { whyHidden, whyNoPath } from '../../core/tools/readable.ts'
import { said } from '../../core/tools/tool-card.ts'
import type { PlacedLook } from '../../workspace/look.ts'
import { keptBack, tool, WORKSPACE, type Place } from './tool.ts'

/** What there is, and how it hangs together. */
export const analyzeCodebase = tool(
  {
    name: 'analyze_codebase',
    onlyReads: true,
    description:
      'Get to know the workspace: languages, folders, sizes, scripts, entry points, and a map of the files and declarations that matter most, ranked for a focus if one is given.',
    input: z.strictObject({
      focus: z.string().max(2_000).default('').describe('what you are about to do, or names it is about'),
      tokens: z.int().min(200).max(8_000).default(2_000).describe('size of the map'),
      ...WORKSPACE,
    }),
  },
  async ({ focus, tokens }, place, signal) => {
    const look = await place.look()
    const [map, sheet] = await Promise.all([
      place.codebase.map(place.name, { request: focus, open: [], tokens }, signal),
      sheetOf(look, place),
    ])
    const { text } = fitLines(sheet, SHEET_CHARACTERS)
    const open = map?.files.filter(({ path }) => !place.withheld.isPrivate(path)) ?? []
    const kept = (map?.files.length ?? 0) - open.length
    const shown = fitLines(open.flatMap(({ text }) => text.split('\n')))
    const isRough = map === null || map.by === 'search'
    return said(
      joined([
        text,
        shown.text === ''
          ? null
          : `The files that matter most${focus === '' ? '' : ' for this'}, with the lines of what they declare:`,
        shown.text,
        keptBack(kept, 'file'),
        isRough ? note('the code is still being read; ask again in a few seconds for a better map') : null,
      ]),
    )
  },
)

/** Characters of what is told besides the map. */
const SHEET_CHARACTERS = 8_000
/** Manifests that are read; a large monorepo has hundreds. */
const MOST_MANIFESTS = 12

async function sheetOf(look: PlacedLook, { withheld }: Place): Promise<string[]> {
  const { root, paths } = look
  const shown = paths.filter((path) => whyNoPath(path) === null && whyHidden(path) === null)
  const sized = shown.flatMap((path) => sizedFile(root, path))
  const byHand = sized.filter(({ path }) => isWorthMapping(path))
  const wanted = shown.filter((path) => /(?:^|\/)(?:package\.json|(?:gnu)?makefile)$/i.test(path))
  const first = wanted.toSorted((one, other) => one.split('/').length - other.split('/').length)
  const manifests = new Map<string, string>()
  const open = first.slice(0, MOST_MANIFESTS).filter((path) => !withheld.isPrivate(path))
  for (const path of open) manifests.set(path, (await look.read(path)) ?? '')
  const scripts = Array.from(manifests, ([path, text]) => scriptsIn(path, text)).flat()
  return [
    `${sized.length} files. By kind:`,
    ...indented(languagesOf(byHand)),
    `Folders: ${foldersOf(sized).join(', ')}`,
    ...titled('Entry points:', entryPoints(shown, manifests)),
    ...titled('Scripts:', scripts.slice(0, 40)),
    ...titled('Largest files:', largestOf(byHand)),
  ]
}

/** Many small questions are quicker asked one by one. A link is no file of its own. */
function sizedFile(root: string, path: string): SizedFile[] {
  const found = lstatSync(join(root, path), { throwIfNoEntry: false })
  return found?.isFile() ? [{ path, bytes: found.size }] : []
}

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...indented(lines)]

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)
