import { BlockList, isIP } from 'node:net'

/**
 * Is this an address on the open internet? Everything else (this machine, its network, a cloud's own metadata service)
 * must not be reached by naming it in a request. Ranges: the IANA registries of special-purpose addresses,
 * https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry.
 */
export function isPublic(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !SPECIAL.check(address, 'ipv4')
  // of IPv6 only one eighth is given out; mapped addresses, NAT64, link-local, unique local and multicast lie outside
  return version === 6 && GIVEN_OUT.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

const GIVEN_OUT = new BlockList()
GIVEN_OUT.addSubnet('2000::', 3, 'ipv6')

const SPECIAL = new BlockList()
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // "this" network; 0.0.0.0 reaches loopback
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, and the metadata services of clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation, as are the next ones of this size
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
]
const SPECIAL_IPV6 = [
  '2001::/23', // protocol assignments: Teredo and others that carry an IPv4 address inside
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
]
for (const range of SPECIAL_IPV4) SPECIAL.addSubnet(...cut(range), 'ipv4')
for (const range of SPECIAL_IPV6) SPECIAL.addSubnet(...cut(range), 'ipv6')

function cut(range: string): [network: string, prefix: number] {
  const slash = range.indexOf('/')
  return [range.slice(0, slash), Number(range.slice(slash + 1))]
}
