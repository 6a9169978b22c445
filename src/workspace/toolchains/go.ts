import { join } from 'node:path'
import { z } from 'zod'
import { findJsonValue } from '../../core/json.ts'
import type { Surroundings, Toolchain } from './find.ts'
import { foldersWith, readableOf, realOf } from './places.ts'

const Answer = z.object({ GOROOT: z.string().min(1), GOMODCACHE: z.string().min(1), GOCACHE: z.string() })

/** Below HOME, where go itself would have it. */
const BUILT = '.cache/go-build'

/** The go that the project's go.mod asks for, where it is installed, and the modules that were downloaded so far. */
export async function findGo(surroundings: Surroundings): Promise<Toolchain | null> {
  const [module] = foldersWith(/^go\.(mod|work)$/, surroundings.files)
  if (module === undefined) return null
  const answer = await surroundings.ask(['go', 'env', '-json', 'GOROOT', 'GOMODCACHE', 'GOCACHE'], module)
  const { data } = Answer.safeParse(findJsonValue(answer ?? ''))
  if (data === undefined) return null
  const { GOROOT, GOMODCACHE, GOCACHE } = data
  const [modules, built] = await Promise.all([realOf(GOMODCACHE), realOf(GOCACHE)])
  return {
    environment: {
      GOPATH: '{home}/go',
      // of modules that are read-only go takes what is there
      ...(modules === null ? {} : { GOMODCACHE: modules }),
      GOCACHE: join('{home}', BUILT),
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
      // a workspace has no history to stamp into a program
      GOFLAGS: '-buildvcs=false',
    },
    path: [join(GOROOT, 'bin')],
    readable: await readableOf(modules === null ? [GOROOT] : [GOROOT, modules], surroundings),
    // it goes by content: what the user built before, the standard library first of all, need not be built again
    layers: built === null ? [] : [{ lower: built, at: 'home', path: BUILT }],
  }
}
