import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isPublic } from '../../src/media/public-address.ts'

const NOT_PUBLIC = `
  0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 169.254.169.254
  172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7
  203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
  :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1
  2001::1 2001:0:7f00:1:: 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%lo
  fec0::1 ff02::1 4000::1
  localhost 127.1 2130706433 0x7f000001 example.com 1.1.1.1:80 8.8.8
`

const PUBLIC = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 93.184.216.34 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
  169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1
  223.255.255.255 2606:4700:4700::1111 2a00:1450:4001:80b::200e 2001:4860:4860::8888
`

const words = (text: string): string[] => text.trim().split(/\s+/)

test('only addresses that are given out on the open internet are public', () => {
  assert.deepEqual(words(NOT_PUBLIC).filter(isPublic), [])
  assert.deepEqual(
    words(PUBLIC).filter((address) => !isPublic(address)),
    [],
  )
})

test('no IPv4 address becomes public by being written as an IPv6 one', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const wraps = (high: string, low: string): string[] => [
    `::ffff:${high}:${low}`,
    `::${high}:${low}`,
    `64:ff9b::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:${high}:${low}::1`,
  ]
  fc.assert(
    fc.property(group, group, (high, low) => {
      assert.deepEqual(wraps(high, low).filter(isPublic), [])
    }),
  )
})
