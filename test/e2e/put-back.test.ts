import { expect, it } from 'vitest'
import { Driver } from './driver.ts'

it('the first complete frame names the open routes, since when, and the key that puts them back; s, Y, and they are closed', async () => {
  await using console = Driver.start(['demo'])
  // Who wrote what is told a moment after it was read.
  const first = await console.waitFor(
    screen => screen.includes('UNSEEN') && /Git has it .* mira/.test(screen),
  )
  expect(console.lines()).toHaveLength(24)
  expect(first).toMatch(/^>EXPOSED\s+PROD prod-eu\s+2 routes lost key-auth\s+14m\s+who unknown$/m)
  expect(first).toContain('open       disputes-list, refunds-list: plugin key-auth deleted live')
  expect(first).toMatch(/EXPOSED {2}PROD prod-eu.* since \d\d:\d\d:\d\dZ, 14m ago/)
  expect(first).toContain('open to    GET api.pay.example/disputes  GET api.pay.example/refunds')
  expect(first).toMatch(/Git has it kong\/disputes\.yaml:\d+, kong\/refunds\.yaml:\d+ {2}[0-9a-f]{7} mira/)
  expect(first).toContain('s put back   only these 2 changes, reviewed before anything is sent')

  console.press('s')
  const review = await console.waitFor('CONFIRM')
  expect(review).toContain('POSTURE   + disputes-list, refunds-list protected: nothing authenticates → key')
  expect(review).toContain('plugin key-auth back on 2 routes')
  expect(review).toContain('This sends 2 requests to prod-eu.')
  // Neither the key that opened it nor enter sends anything.
  console.press('s', 'enter')
  await console.waitFor('does nothing here')
  console.press('Y')
  const result = await console.waitFor('CLOSED')
  expect(result).toMatch(/prod-eu\s+│ 2\s+│ 0\s+│ 0/)

  console.press('esc')
  const after = await console.waitFor(screen => screen.includes('NEEDS YOU') && !screen.includes('EXPOSED'))
  expect(after).toMatch(/^>/m)
  console.press('q')
  expect(await console.exited).toBe(0)
  expect(console.isFullScreen).toBe(false)
})

it('a sync that weakens a protected target asks for its name, and accepts no other', async () => {
  await using console = Driver.start(['demo'], { columns: 120, rows: 40 })
  await console.waitFor(screen => screen.includes('EXPOSED') && screen.includes('UNSEEN'))
  console.press('2')
  await console.waitFor('plugin key-auth for route disputes-list')
  console.press('s')
  const review = await console.waitFor('CONFIRM')
  expect(review).toContain(
    '! refunds-list rate limit 10 per minute by consumer → 100 per minute by consumer, 10x weaker',
  )
  expect(review).toMatch(/TRAFFIC {3}! GET api\.pay\.example\/refunds weaker limit/)
  expect(review).toContain('Y asks for its name, then sends')
  console.press('Y')
  await console.waitFor('type prod-eu and enter to send')
  console.type('prod-us')
  console.press('enter')
  await console.waitFor('That is not prod-eu; nothing was sent')
  console.press('esc')
  await console.waitFor('Y send')
  // Leaving the weaker change out, no name is asked for.
  console.press('F')
  await console.waitFor('This sends 2 requests to prod-eu.')
  expect(await console.waitFor('Y sends it')).toContain('by you')
})
