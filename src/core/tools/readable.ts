import { isForbidden } from '../protected.ts'
import { checkShape } from '../paths.ts'
import { mayBeRead } from '../secret-files.ts'

/** Why a path can be no file of a workspace; null when it may be one. */
export function whyNoPath(path: string): string | null {
  const shape = checkShape(path)
  if (shape.ok) return null
  return `${JSON.stringify(path.slice(0, LONGEST_SHOWN))} is no plain path inside the workspace (${shape.code}): give it relative to the workspace, with forward slashes`
}

const LONGEST_SHOWN = 200

/** Why nobody is shown this file; null when he may be. */
export function whyHidden(path: string): string | null {
  if (mayBeRead(path)) return null
  const why = isForbidden(path) ? 'it belongs to git or may hold secrets' : 'it may hold keys or passwords'
  return `${path} is not shown: ${why}`
}
