import type { SourceFile, WorkspaceChoice } from '../core/task.ts'
import { badRequest } from './faults.ts'
import type { ApiServices } from './services.ts'

export type Named = { readonly name: string; readonly param: string }

/** The one workspace a caller named; null when none was. Throws 'bad-request' for two names, or one not served. */
export async function namedWorkspace(
  named: readonly Named[],
  { workspaces }: Pick<ApiServices, 'workspaces'>,
): Promise<string | null> {
  const [first] = named
  if (!first) return null
  const other = named.find(({ name }) => name !== first.name)
  if (other) {
    throw badRequest(`two workspaces are named: "${first.name}" and "${other.name}"`, other.param)
  }
  if (!(await workspaces.has(first.name))) {
    const known = workspaces.names().join(', ') || 'none'
    throw badRequest(`no workspace "${first.name}" here; served: ${known}`, first.param)
  }
  return first.name
}

/** Where a task works when it may choose: the workspace named, else the default one if it knows the files, else they alone. */
export async function chooseWorkspace(
  named: string | null,
  files: readonly SourceFile[],
  { workspaces }: Pick<ApiServices, 'workspaces'>,
): Promise<WorkspaceChoice> {
  if (named !== null) return { kind: 'named', name: named }
  const [standard] = workspaces.names()
  const paths = files.map(({ path }) => path)
  if (standard !== undefined && (paths.length === 0 || (await workspaces.contains(standard, paths)))) {
    return { kind: 'named', name: standard }
  }
  if (files.length > 0) return { kind: 'files', files: [...files] }
  throw badRequest('there is nothing to work on: name a workspace, or put the files into the message')
}
