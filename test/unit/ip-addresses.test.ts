import { describe, expect, it } from 'vitest'
import { inRange, parseIp, parseIpRange } from '../../src/providers/kong/router/matching/ip.ts'
import { isIp, isIpOrCidr } from '../../src/sandbox/schema/rules/addresses.ts'

const written = (text: string) =>
  parseIp(text)
    ?.map(byte => byte.toString(16).padStart(2, '0'))
    .join('')

describe('IP addresses', () => {
  it.each([
    ['::', '0'.repeat(32)],
    ['[::1]', `${'0'.repeat(31)}1`],
    ['2001:DB8::e', '20010db800000000000000000000000e'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::1.2.3.4', '00000000000000000000000001020304'],
    ['::ffff:010.0.0.1', '00000000000000000000ffff0a000001'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
  ])('the IPv6 address %s has its 16 bytes, IPv4 at its end read as decimal', (text, bytes) => {
    expect(written(text)).toBe(bytes)
    expect(isIp(text)).toBe(true)
  })

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1::2:3:4:5:6:7:8',
    '::12345',
    '::g',
    'fe80::1%eth0',
    '::1.2.3',
    '::1.2.3.256',
    '::0x1.2.3.4',
    '1.2.3.4::',
    '[::1',
    ' ::1',
  ])('%j is not an IP address, neither to the router nor to the sandbox', text => {
    expect(parseIp(text)).toBeUndefined()
    expect(isIp(text)).toBe(false)
  })

  it.each([
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/33', '2001:db8:ffff::1', false],
    ['::/0', '2001:db8::1', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', false],
  ])('the range %s holds %s: %s', (range, address, expected) => {
    const [ip, read] = [parseIp(address), parseIpRange(range)]
    expect(ip && read && inRange(ip, read)).toBe(expected)
  })

  it.each(['::/129', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/08'])(
    '%s is not a range to the sandbox',
    text => expect(isIpOrCidr(text)).toBe(false),
  )
})
