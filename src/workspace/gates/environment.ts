import { dirname, join } from 'node:path'
import { systemPath } from '../../config.ts'
import type { Places } from '../cage/sandbox.ts'

/** What stands for `{name}` in a gate's arguments and environment. */
export type Placeholders = Places & {
  /** Starts as the gates on the base left it. */
  readonly cache: string
  /** The file test results are written to. */
  readonly report: string
}

/** Text with its placeholders filled in; braces that hold another word stay as they are. */
export const fillIn = (text: string, values: Placeholders): string =>
  text.replaceAll(/\{(root|home|cache|report)\}/g, (_, name: keyof Placeholders) => values[name])

/** The whole environment of a gate: an allow-list, so that no key of the user's reaches code a model wrote. */
export function gateEnvironment(
  { root, home }: Places,
  folder: string,
  programs: readonly string[],
): Record<string, string> {
  const binaries = [...new Set([join(root, folder), root])].map((at) => join(at, 'node_modules', '.bin'))
  return {
    // the node that runs us comes before an older one of the system's
    PATH: [...binaries, ...programs, dirname(process.execPath), systemPath].join(':'),
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    LANG: 'C.UTF-8',
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_cache: join(home, '.npm'),
    NEXT_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}
