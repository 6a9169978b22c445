import { stripVTControlCharacters } from 'node:util'
import { MOST_DIAGNOSTICS } from '../../core/gates.ts'
import type { Diagnostic } from '../../core/task.ts'
import { next, vite } from './bundlers.ts'
import { generic, lastLines } from './generic.ts'
import { go, goTest, goTestJson } from './go.ts'
import { jest, mocha, tests, vitest } from './node-tests.ts'
import { biome, framed, stylish } from './linters.ts'
import { mypy, pytest, ruff, unittest } from './python.ts'
import type { Reader } from './reader.ts'
import { cargoTest, rustc, rustfmt } from './rust.ts'
import { typescript } from './typescript.ts'

const LONGEST_MESSAGE = 500
/** Lines of output that are read; what is beyond is as good as the same again. */
const MOST_LINES = 20_000
/** Characters of a line that are read; what code prints must not keep the patterns busy. */
const LONGEST_LINE = 4_000

/** Those that know a line best come first. */
const READERS: readonly Reader[] = [
  goTestJson,
  pytest,
  unittest,
  cargoTest,
  rustfmt,
  rustc,
  mypy,
  ruff,
  typescript,
  vite,
  biome,
  stylish,
  framed,
  mocha,
  vitest,
  jest,
  tests,
  next,
  goTest,
  go,
  generic,
]

/**
 * Turns the output of a failed gate into findings. Positions are kept apart from the message and everything that differs
 * between two runs (folder, times, counts) is taken out, so that the same failure on two trees gives the same finding.
 */
export function readDiagnostics(output: string, root: string): Diagnostic[] {
  const text = stripVTControlCharacters(output)
    .replaceAll('\r\n', '\n')
    .replaceAll(`${root}/`, '')
    .replaceAll(root, '.')
  const lines = text.split('\n', MOST_LINES).map((line) => line.slice(0, LONGEST_LINE))
  const found = readAll(lines)
  const findings = found.length > 0 ? found : lastLines(lines)
  return findings.slice(0, MOST_DIAGNOSTICS).map(tidy)
}

/** In the order of the output, each line read once. */
function readAll(lines: readonly string[]): Diagnostic[] {
  const read = new Map<number, Diagnostic | null>()
  for (const reader of READERS) {
    const known = new Set(read.keys())
    for (const { at, finding } of reader(lines))
      if (!known.has(at)) read.set(at, finding ?? read.get(at) ?? null)
  }
  return [...read].toSorted(([one], [other]) => one - other).flatMap(([, finding]) => finding ?? [])
}

/** Takes out what two runs of the same failure differ in. */
function tidy({ file, line, code, message }: Diagnostic): Diagnostic {
  const clean = message
    .replaceAll(/\b\d+(?:\.\d+)?\s?m?s\b/g, '…')
    .replaceAll(/0x[\da-f]+/gi, '0x…')
    .trim()
    .slice(0, LONGEST_MESSAGE)
  return { file: file?.replace(/^\.\//, '') ?? null, line, code, message: clean }
}
