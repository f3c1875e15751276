import { describe, expect, it } from 'vitest'
import { Driver } from './driver.ts'

/** Every target has answered, or failed to. */
const isRead = (screen: string): boolean =>
  ['EXPOSED', 'HALF-DONE', 'UNSEEN'].every(word => screen.includes(word))

/** Whichever target answered first: the cursor stays with it. */
async function toFirst(console: Driver): Promise<void> {
  console.press('<')
  await console.waitFor(/^>EXPOSED/m)
}

describe('the screens', () => {
  it('are reached by keys, and each shows its own content', async () => {
    await using console = Driver.start(['demo'], { columns: 120, rows: 36 })
    await console.waitFor(isRead)
    console.press('2')
    const drift = await console.waitFor('Drift')
    expect(drift).toMatch(/PROD prod-eu\s+7 changes/)
    console.press('/')
    console.type('read_timeout batch')
    await console.waitFor(/PROD prod-eu\s+1 change/)
    console.press('enter', 'down')
    // A conflict stands in three columns.
    expect(await console.waitFor('last applied')).toMatch(/read_timeout\s+30000\s+60000\s+5000\s+conflict/)
    console.press('3')
    const inventory = await console.waitFor('Inventory')
    expect(inventory).toContain('not known: prod-ap')
    console.press('/')
    console.type('legacy')
    const found = await console.waitFor('match legacy')
    expect(found).toMatch(/prod-eu\s+legacy-export\s+legacy-export.*open\s+(?:\?|error 2)\s+not in Git/)
    console.press('esc')
    await console.waitFor(screen => !screen.includes('match legacy'))
    console.press('/')
    console.type('openDispute')
    // From the row to the operation and its line.
    await console.waitFor(/known to\s+in Git, specs\/disputes\.yaml:19 POST \/disputes openDispute/)
    console.press('enter', '?')
    expect(await console.waitFor('Keys of Inventory')).toMatch(/ctrl-z\s+suspend/)
    console.press('esc')
    await console.waitFor(screen => !screen.includes('Keys of'))
    console.press(':')
    await console.waitFor('go to:')
    console.type('prod-us')
    await console.waitFor(/^>prod-us/m)
    console.press('enter')
    expect(await console.waitFor('Drift > prod-us')).toMatch(/strip_path\s+git ahead/)
  })

  it('give the reason if a key can’t act', async () => {
    await using console = Driver.start(['demo'])
    await console.waitFor(isRead)
    await toFirst(console)
    console.press('j', 'j')
    await console.waitFor(/^>UNSEEN/m)
    console.press('s')
    await console.waitFor(/s sync: prod-ap (does not answer|has not been read yet)/)
  })

  it('treat keys that arrive together as separate keys, and pasted text as none', async () => {
    await using console = Driver.start(['demo'])
    await console.waitFor(isRead)
    await toFirst(console)
    console.type('jj')
    await console.waitFor(/^>UNSEEN/m)
    console.paste('qqss\nY')
    await console.waitFor('Pasted text presses no keys')
    expect(console.screen()).toMatch(/^>UNSEEN/m)
  })

  it('fit every size, and follow when it changes', async () => {
    await using console = Driver.start(['demo'], { columns: 80, rows: 24 })
    await console.waitFor(isRead)
    for (const [columns, rows] of [
      [160, 50],
      [60, 16],
      [120, 30],
      [80, 24],
    ] as const) {
      console.resize(columns, rows)
      const bar = await console.waitFor(screen => {
        const lines = screen.split('\n')
        return (
          lines.length === rows && (lines.at(-2) ?? '').length === columns && /help$/.test(lines.at(-1) ?? '')
        )
      })
      expect(bar.split('\n')[1]).toBe('─'.repeat(columns))
    }
  })
})

describe('the terminal', () => {
  it('is restored after ctrl-c and after SIGTERM', async () => {
    for (const end of ['ctrl+c', 'SIGTERM'] as const) {
      await using console = Driver.start(['demo'])
      await console.waitFor(isRead)
      expect(console.isFullScreen).toBe(true)
      if (end === 'SIGTERM') console.signal(end)
      else console.press(end)
      const code = await console.exited
      expect(end === 'SIGTERM' ? code : 0).toBe(end === 'SIGTERM' ? 143 : 0)
      expect(console.isFullScreen).toBe(false)
    }
  })
})
