import { expect, it } from 'vitest'
import { Driver } from './driver.ts'

it('a click selects the row under it in either part of the screen; the wheel scrolls', async () => {
  await using console = Driver.start(['demo'])
  await console.waitFor(screen => ['EXPOSED', 'HALF-DONE', 'UNSEEN'].every(word => screen.includes(word)))
  const click = (text: string): void => {
    const row = console.lines().findIndex(line => line.includes(text)) + 1
    console.type(`\x1b[<0;6;${row}M\x1b[<0;6;${row}m`)
  }
  click('UNSEEN ')
  await console.waitFor(/^>UNSEEN/m)
  click('prod-us ')
  await console.waitFor(/^>.*HALF-DONE/m)
  click('+staging')
  await console.waitFor(/^>\+staging/m)
  console.press('2')
  await console.waitFor(/^>- PROD prod-eu/m)
  console.type('\x1b[<65;6;6M')
  const scrolled = await console.waitFor(screen => !screen.includes('- PROD prod-eu'))
  // Movement and other buttons press nothing.
  console.type('\x1b[<35;9;9M\x1b[<2;9;9M')
  console.press('?')
  await console.waitFor('Keys of')
  expect(scrolled).toContain('disputes-list')
})
