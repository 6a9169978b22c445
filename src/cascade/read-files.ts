import type { Project } from './ports.ts'

/** Text of these files, as far as they are there. */
export async function readFiles(
  project: Pick<Project, 'base' | 'read'>,
  paths: readonly string[],
  tree = project.base,
): Promise<Map<string, string>> {
  const contents = await Promise.all(paths.map((path) => project.read(tree, path)))
  const found = paths.flatMap((path, index): [string, string][] => {
    const content = contents[index]
    return content === undefined ? [] : [[path, content]]
  })
  return new Map(found)
}
