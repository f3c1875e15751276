import { describe, expect, test } from 'vitest'
import type { RefusedChange } from '../../src/workflows/syncing/review.ts'
import { governed } from './console-policies.ts'
import { stage } from './console-stage.ts'

const refusal: RefusedChange = {
  change: governed().view.targets.find(({ name }) => name === 'prod-eu')?.drift?.changes[0]?.id ?? '',
  problem: {
    code: 'rejected',
    target: 'prod-eu',
    message: 'the gateway refuses plugin rate-limiting for service payments (400): config.minute: required',
    place: { file: 'kong/payments.yaml', line: 6, column: 5 },
  },
}

describe('the review of a sync that the gateway would refuse', () => {
  test('reports the refusal at its line before asking for confirmation, and sends nothing', async () => {
    const workflows = governed()
    workflows.refusals = [refusal]
    await using console = await stage(workflows, { columns: 200, rows: 40 })
    await console.type('2')
    await console.type('s')
    const screen = console.screen()
    expect(screen).toMatch(
      /GATEWAY {3}! kong\/payments\.yaml:6 {2}the gateway refuses plugin rate-limiting .*required/,
    )
    // In full beside the change.
    expect(screen).toMatch(/│ kong\/payments\.yaml:6 {2}the gateway refuses/)
    expect(screen).toContain('REFUSED by the gateway')
    expect(screen).toContain('CONFIRM It can’t be sent: it would send 2 requests to prod-eu.')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('the gateway refuses plugin rate-limiting')
    expect(workflows.applied).toEqual([])
  })

  test('does not wait for the gateway’s answer, but a refusal revokes the confirmation', async () => {
    const workflows = governed()
    workflows.meaning = { ...workflows.meaning, confirmByName: true }
    const { promise, resolve } = Promise.withResolvers<readonly RefusedChange[]>()
    workflows.gatewayRefusals = () => promise
    await using console = await stage(workflows)
    await console.type('2')
    await console.type('s')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('type prod-eu and enter to send')
    resolve([refusal])
    await console.settled()
    expect(console.lines().at(-1)).toContain('the gateway refuses plugin')
    await console.type('prod-eu\r')
    expect(workflows.applied).toEqual([])
  })

  test('leaves it to the sync if the gateway can’t be asked', async () => {
    const workflows = governed()
    workflows.refusals = null
    await using console = await stage(workflows)
    await console.type('2')
    await console.type('s')
    expect(console.screen()).not.toContain('REFUSED')
    await console.type('Y')
    expect(workflows.applied).toHaveLength(1)
  })
})
