import { refusal } from './edits.ts'
import type { FileEdit, Refusal } from './edits.ts'
import { takeApart } from './text-file.ts'

/** Which of the existing files a written path may mean, likeliest first. */
export function candidatesFor(path: string, paths: ReadonlySet<string>): string[] {
  const plain = withoutPrefix(path)
  if (paths.has(path)) return [path]
  if (paths.has(plain)) return [plain]
  const ending = [...paths].filter((existing) => existing.endsWith(`/${plain}`))
  if (ending.length > 0) return ending.slice(0, MOST_CANDIDATES)
  // the model put the project's folder in front
  const longest = [...paths]
    .filter((existing) => existing.includes('/') && plain.endsWith(`/${existing}`))
    .sort((left, right) => right.length - left.length)
  return longest.slice(0, 1)
}

const MOST_CANDIDATES = 10

/** A path without git's prefixes, when it means no file with them. */
const withoutPrefix = (path: string): string => path.replace(/^[ab]\//, '')

/** The existing file an edit means. */
export function existingPath(path: string, paths: ReadonlySet<string>): { ok: true; path: string } | Refusal {
  const candidates = candidatesFor(path, paths)
  if (candidates.length === 1) return { ok: true, path: candidates[0]! }
  if (candidates.length === 0) return refusal('unknown_file', `there is no file ${JSON.stringify(path)}`)
  return refusal(
    'unknown_file',
    `${JSON.stringify(path)} may be ${candidates.join(' or ')}; write the whole path`,
  )
}

/** A whole file under a short name: the existing file it is another version of, or a new one. */
export function wholePath(
  edit: Extract<FileEdit, { kind: 'whole' }>,
  paths: ReadonlySet<string>,
  read: (path: string) => string | undefined,
): { ok: true; path: string } | Refusal {
  const { path, content } = edit
  if (paths.has(path)) return { ok: true, path }
  const alike = candidatesFor(path, paths).map((candidate) => ({
    candidate,
    share: shareKept(read(candidate) ?? '', content),
  }))
  const versions = alike.filter(({ share }) => share >= ANOTHER_VERSION)
  if (versions.length === 1) return { ok: true, path: versions[0]!.candidate }
  const unclear = alike.filter(({ share }) => share > ANOTHER_FILE)
  if (unclear.length === 0) return { ok: true, path }
  const names = unclear.map(({ candidate }) => candidate).join(' or ')
  return refusal(
    'unknown_file',
    `${JSON.stringify(path)} may be a new file or ${names}; write the whole path`,
  )
}

const ANOTHER_VERSION = 0.5
const ANOTHER_FILE = 0.15

/** How much of the shorter text is in the other, by lines with text. */
function shareKept(before: string, after: string): number {
  const [left, right] = [before, after].map(
    (text) =>
      new Set(
        takeApart(text)
          .lines.map((line) => line.trim())
          .filter((line) => line.length > 2),
      ),
  )
  const fewest = Math.min(left!.size, right!.size)
  return fewest === 0 ? 0 : [...left!].filter((line) => right!.has(line)).length / fewest
}
