import { BlockList, isIP } from 'node:net'
import type { EndpointPlace } from '../../core/privacy/policy-name.ts'

/** A model and the address it is asked at; `place` where the configuration says it. */
export type Placed = {
  readonly url: string
  readonly model: string
  readonly place?: EndpointPlace | undefined
}

/** Where a model answers: as the configuration says, else by its address. A local Ollama forwards some to its cloud. */
export function placeOf({ url, model, place }: Placed): EndpointPlace {
  if (place !== undefined) return place
  return isForwarded(model) ? 'cloud' : placeOfAddress(url)
}

/** The same for a model that need not be a tier's: what the configuration says of a tier with it holds for it, too. */
export function placeAmong(
  at: { readonly url: string; readonly model: string },
  tiers: Readonly<Partial<Record<string, Placed>>>,
): EndpointPlace {
  const same = Object.values(tiers).filter((tier) => tier?.url === at.url)
  const own = same.filter((tier) => tier?.model === at.model)
  if (own.some((tier) => tier && placeOf(tier) === 'cloud')) return 'cloud'
  if (own.length > 0) return 'local'
  // a gateway of which every model that is known is elsewhere
  const isElsewhere = same.length > 0 && same.every((tier) => tier && placeOf(tier) === 'cloud')
  return isElsewhere ? 'cloud' : placeOf(at)
}

/** Ollama's name for a model that runs on its own machines; https://docs.ollama.com/cloud. */
export const isForwarded = (model: string): boolean => /[:-]cloud$/.test(model)

/** This machine, its own network and names that only such a network knows are local. */
export function placeOfAddress(url: string): EndpointPlace {
  const known = places.get(url) ?? readPlace(url)
  places.set(url, known)
  return known
}

/** Is it on the machine we run on, whose memory we know? */
export const isThisMachine = (url: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname)

/** Asked for every request; there are as many addresses as the configuration names. */
const places = new Map<string, EndpointPlace>()

function readPlace(url: string): EndpointPlace {
  const host = new URL(url).hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const version = isIP(host)
  if (version !== 0) return OWN.check(host, version === 4 ? 'ipv4' : 'ipv6') ? 'local' : 'cloud'
  // a name without a dot is a container's, or one of the local network
  return !host.includes('.') || /\.(?:localhost|local|internal|lan|home\.arpa)$/.test(host)
    ? 'local'
    : 'cloud'
}

const OWN = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  // a private network between machines of one owner, https://tailscale.com/kb/1015/100.x-addresses
  ['100.64.0.0', 10],
] as const)
  OWN.addSubnet(network, prefix, 'ipv4')
OWN.addAddress('0.0.0.0', 'ipv4')
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  OWN.addSubnet(network, prefix, 'ipv6')
