import { readlink } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { findJsonValue } from '../../core/json.ts'
import type { Surroundings, Toolchain } from './find.ts'
import { isIn } from '../is-in.ts'
import { foldersWith, readableOf, realOf } from './places.ts'

/** An interpreter, in its own words. */
const Interpreter = z.object({
  /** The virtual environment, or the same as `base`. */
  prefix: z.string(),
  /** Where the interpreter itself is installed. */
  base: z.string(),
  /** The folder that the virtual environment's links to the interpreter lead to; null outside of one. */
  home: z.string().nullable(),
  /** Folders that modules are imported from. */
  imports: z.array(z.string()),
  /** The base of `pip install --user`; null where it does not count. */
  userBase: z.string().nullable(),
  userSite: z.string(),
})
type Interpreter = z.infer<typeof Interpreter>

// the first import path is the project, whose json.py must not be what is imported here
const QUESTION = `
import sys
sys.path.pop(0)
import json, site
print(json.dumps({
  'prefix': sys.prefix, 'base': sys.base_prefix, 'home': getattr(sys, '_home', None), 'imports': sys.path,
  'userBase': site.getuserbase() if site.ENABLE_USER_SITE else None, 'userSite': site.getusersitepackages(),
}))`

/** The project's virtual environments, or else the interpreter that `python3` is, wherever they are installed. */
export async function findPython(surroundings: Surroundings): Promise<Toolchain | null> {
  const [outermost] = foldersWith(/\.py$/, surroundings.files)
  if (outermost === undefined) return null
  const own = await virtualEnvironments(surroundings)
  const known = own.length > 0 ? own : [await interpret('python3', surroundings)]
  const interpreters = known.filter((one) => one !== null)
  const [first] = interpreters
  if (first === undefined) return null
  const places = interpreters.map((one) => placeOf(one, surroundings))
  return {
    environment: {
      // the packages are the user's: uv runs what is in them, and neither locks nor installs
      UV_OFFLINE: '1',
      UV_NO_SYNC: '1',
      ...(first.prefix === first.base ? {} : { VIRTUAL_ENV: placeOf(first, surroundings) }),
      // the user site is looked for below HOME, which is another one in a cage
      ...(first.userBase === null ? {} : { PYTHONUSERBASE: first.userBase }),
    },
    path: places.map((place) => join(place, 'bin')),
    readable: await readableOf((await Promise.all(interpreters.map(neededBy))).flat(), surroundings),
    layers: (await Promise.all(interpreters.map((one) => layersOf(one, surroundings)))).flat(),
  }
}

async function virtualEnvironments(surroundings: Surroundings): Promise<(Interpreter | null)[]> {
  const folders = new Set([
    '',
    ...foldersWith(/^(pyproject\.toml|setup\.py|requirements.*\.txt)$/, surroundings.files),
  ])
  const places = [...folders].flatMap((folder) => [join(folder, '.venv'), join(folder, 'venv')])
  const found = await Promise.all(
    places.map((place) => interpret(join(surroundings.folder, place, 'bin', 'python'), surroundings)),
  )
  return found.filter((one) => one !== null)
}

async function interpret(program: string, { ask }: Surroundings): Promise<Interpreter | null> {
  const answer = await ask([program, '-c', QUESTION], '')
  return Interpreter.safeParse(findJsonValue(answer ?? '')).data ?? null
}

/**
 * A virtual environment also stands where it was made, for its programs begin with that path. What it imports from
 * elsewhere is left out unless it is installed there: a path that leads to a checkout would show all that lies in it.
 */
async function neededBy(interpreter: Interpreter): Promise<string[]> {
  const { prefix, base, imports, userBase, userSite } = interpreter
  return [
    prefix,
    base,
    ...(await otherNameOf(interpreter)),
    ...imports.filter((path) => /^(site|dist)-packages$/.test(basename(path))),
    ...(userBase === null ? [] : [userSite]),
  ]
}

/** By what name its links lead to the interpreter: a folder that is the same, or a link among those to other programs. */
async function otherNameOf({ prefix, base, home }: Interpreter): Promise<string[]> {
  if (home === null) return []
  const folder = dirname(home)
  if ((await realOf(folder)) === (await realOf(base))) return [folder]
  let link = join(prefix, 'bin', 'python')
  while (dirname(link) !== home) {
    const next = await readlink(link).catch(() => null)
    if (next === null) return []
    link = resolve(dirname(link), next)
  }
  return [link]
}

/** Where a gate finds it: in its workspace when the user has it in the project. */
const placeOf = ({ prefix }: Interpreter, { folder }: Surroundings): string =>
  isInside(prefix, folder) ? join('{root}', relative(folder, prefix)) : prefix

async function layersOf({ prefix }: Interpreter, { folder }: Surroundings): Promise<Toolchain['layers']> {
  const lower = await realOf(prefix)
  if (lower === null || !isInside(prefix, folder)) return []
  return [{ lower, at: 'root', path: relative(folder, prefix) }]
}

const isInside = (prefix: string, folder: string): boolean => prefix !== folder && isIn(folder, prefix)
