import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'
import { gatewatch } from '../program.ts'

const manifest = (config: string) => `_format_version: "3.0"
services:
- name: payments
  url: http://payments.internal
  plugins:
  - name: rate-limiting
    config: ${config}
`

let bed: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(() => bed.clear())

const synced = (config: string, ...words: readonly string[]) =>
  gatewatch(['sync', ...words, '--kong-addr', bed.address, bed.file(manifest(config))], {
    env: { GATEWATCH_STATE_DIR: bed.folder },
  })

const validations = async () =>
  (await bed.control.requests()).filter(({ path }) => path.endsWith('/validate')).length

it('reports below the preview what the gateway refuses, asks nobody to confirm it, and writes nothing', async () => {
  const { code, err } = await synced('{policy: local}')
  expect(err).toContain('2 to create')
  expect(err).toMatch(
    /kong\.yaml:6:5: the gateway refuses plugin rate-limiting for service payments \(400\): .*config\.minute/,
  )
  expect(err).not.toContain('--yes')
  expect(code).toBe(1)
  expect(await bed.writes()).toEqual([])
})

it('asks about what the gateway takes, and has it checked once', async () => {
  const asked = await synced('{minute: 5}')
  expect(asked.err).toContain('there is no terminal to ask on')
  expect(await bed.writes()).toEqual([])
  await bed.control.forgetRequests()
  const { code, out } = await synced('{minute: 5}', '--yes')
  expect(out).toContain('in sync')
  expect(code).toBe(0)
  expect(await bed.writes()).toHaveLength(2)
  expect(await validations()).toBe(2)
})
