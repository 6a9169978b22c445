import { homedir } from 'node:os'
import { z } from 'zod'
import { shell } from '../shell.ts'
import { jsonOrNull } from '../../core/json.ts'

/** How the user's npm reaches its registry, without anything by which it is known there. */
export type NetworkSettings = {
  readonly environment: Readonly<Record<string, string>>
  /** Files of the user's that it takes to be trusted with. */
  readonly readable: readonly string[]
}

const Settings = z.object({
  registry: z.string().nullish(),
  cafile: z.string().nullish(),
  proxy: z.string().nullish(),
  'https-proxy': z.string().nullish(),
  noproxy: z.union([z.string(), z.array(z.string()).transform((hosts) => hosts.join(','))]).nullish(),
})

/** A registry that does not answer is noticed within a minute or two, and not after npm's own ten. */
const IMPATIENT = {
  npm_config_fetch_retries: '2',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
  npm_config_fetch_timeout: '60000',
}

/**
 * Asks the user's npm for its registry, and for the proxy and the certificates by which that is reached. null when it
 * does not tell: to ask another registry than the user's could bring a stranger's package of the same name.
 */
export async function networkSettings(signal: AbortSignal): Promise<NetworkSettings | null> {
  const options = { cwd: homedir(), environment: { HOME: homedir() }, timeoutMs: 20_000 }
  const { stdout } = await shell(['npm', 'config', 'list', '--json'], options, signal)
  signal.throwIfAborted()
  const read = Settings.safeParse(jsonOrNull(stdout))
  if (!read.success || !withoutCredentials(read.data.registry)) return null
  const { cafile, noproxy, ...urls } = read.data
  const known = Object.entries(urls).map(([name, url]) => [name, withoutCredentials(url)] as const)
  const settings = [...known, ['cafile', cafile] as const, ['noproxy', noproxy] as const]
  const given = settings.flatMap(([name, value]) =>
    value ? [[`npm_config_${name.replaceAll('-', '_')}`, value] as const] : [],
  )
  return {
    environment: { ...IMPATIENT, ...Object.fromEntries(given) },
    readable: cafile ? [cafile] : [],
  }
}

/** What cannot be read as a URL is left out: it might hold a password all the same. */
function withoutCredentials(text: string | null | undefined): string | null {
  const url = URL.parse(text ?? '')
  if (url === null) return null
  url.username = ''
  url.password = ''
  return url.href
}
