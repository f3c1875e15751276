import { expect, it } from 'vitest'
import { targetAddress } from '../../src/providers/kong/kinds/target-address.ts'

it.each([
  ['www.google.com', 'www.google.com:8000'],
  ['UPPER.example:80', 'UPPER.example:80'],
  ['10.0.0.1', '10.0.0.1:8000'],
  ['10.0.0.1:1', '10.0.0.1:1'],
  ['::1', '[0000:0000:0000:0000:0000:0000:0000:0001]:8000'],
  ['[::1]:8080', '[0000:0000:0000:0000:0000:0000:0000:0001]:8080'],
  ['[2001:DB8::e]:1326', '[2001:0db8:0000:0000:0000:0000:0000:000e]:1326'],
  ['::ffff:10.0.0.1', '[0000:0000:0000:0000:0000:ffff:0a00:0001]:8000'],
  ['1:2:3:4:5:6:7:8', '[0001:0002:0003:0004:0005:0006:0007:0008]:8000'],
])('a target %s is stored as %s, and then stays so', (given, stored) => {
  expect(targetAddress(given)).toBe(stored)
  expect(targetAddress(stored)).toBe(stored)
})

it.each(['', '1::2::3', ':::', '[nonsense]:80', '1:2:3', '1:2:3:4:5:6:7:8:9', '::12345'])(
  'leaves %j to the gateway',
  given => {
    expect(targetAddress(given)).toBe(given)
  },
)
