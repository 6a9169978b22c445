import { dirname, join } from 'node:path'
import { systemPath } from '../config.ts'

/** The whole environment of a gate: an allow-list, so that no key of the user's reaches code a model wrote. */
export const gateEnvironment = (root: string, home: string): Record<string, string> => ({
  // the node that runs us comes before an older one of the system's
  PATH: [join(root, 'node_modules', '.bin'), dirname(process.execPath), systemPath].join(':'),
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
})
