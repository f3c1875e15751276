import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { describeShared, shared } from '../shared.ts'

interface Table {
  readonly config: Readonly<Record<'services' | 'routes' | 'plugins', readonly unknown[]>>
  readonly refused: readonly { readonly body: unknown; readonly status: number; readonly message: string }[]
}

const folder = join(shared, 'golden', 'kong-3.9.1', 'router-expressions')

/** What the grammar of expressions and of its regular expressions says is not modelled. */
const ofGrammar = /Router Expression failed validation: (?!cannot set)/

describeShared('a gateway of the expressions flavour, as recorded', () => {
  let sandbox: RunningSandbox
  let address: string
  beforeAll(async () => {
    sandbox = await launchSandbox({
      gateways: [{ name: 'kong', proxyPort: false, faults: true, routerFlavor: 'expressions' }],
    })
    address = sandbox.gateways[0]?.adminUrl ?? ''
  })
  afterAll(() => sandbox.stop())

  async function post(
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }

  it('accepts and refuses the same routes as recorded, the grammar of expressions aside', async () => {
    const tables = readdirSync(folder).filter(name => name.endsWith('.json'))
    let taken = 0
    let refused = 0
    for (const name of tables) {
      const table: Table = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      await sandbox.control('kong').setState({})
      for (const list of ['services', 'routes', 'plugins'] as const) {
        for (const body of table.config[list]) {
          expect(await post(`/${list}`, body), `${name}: ${JSON.stringify(body)}`).toMatchObject({
            status: 201,
          })
          taken += 1
        }
      }
      for (const { body, status, message } of table.refused) {
        if (ofGrammar.test(message)) continue
        expect(await post('/routes', body), `${name}: ${JSON.stringify(body)}`).toMatchObject({
          status,
          body: { message },
        })
        refused += 1
      }
    }
    expect(tables).toHaveLength(45)
    expect(taken).toBeGreaterThan(500)
    expect(refused).toBeGreaterThan(20)
  })

  it('reports its flavour at its root, and the fields of its routes in their schema', async () => {
    const root = await fetch(address).then(answer => answer.json())
    expect(root).toMatchObject({ configuration: { router_flavor: 'expressions' } })
    const schema: { readonly fields: readonly object[] } = JSON.parse(
      await fetch(`${address}/schemas/routes`).then(answer => answer.text()),
    )
    const fields = schema.fields.flatMap(field => Object.keys(field))
    expect(fields).toEqual(expect.arrayContaining(['expression', 'priority', 'paths']))
  })
})
