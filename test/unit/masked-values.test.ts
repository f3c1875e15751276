import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import type { Ended } from '../program.ts'

let bed: GatewayBed
let state: string
let run = 0

beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  await bed.clear()
  run += 1
  state = join(bed.folder, `state-${run}`)
})

const variables = {
  DECK_HOST: 'canary.up.internal',
  DECK_PORT: '8443',
  DECK_PATH: 'canary-path',
  DECK_MINUTE: '4711',
  DECK_ENABLED: 'true',
  DECK_TAG: 'canary-tag',
  DECK_TTL: '86399',
}

const manifest = `_format_version: "3.0"
services:
- name: pay
  host: \${{ env "DECK_HOST" }}
  port: \${{ env "DECK_PORT" | toInt }}
  enabled: \${{ env "DECK_ENABLED" | toBool }}
  tags: [plain, '\${{ env "DECK_TAG" }}']
  routes:
  - name: r
    paths: [/open, "/\${{ env "DECK_PATH" }}"]
  plugins:
  - name: rate-limiting
    config: {minute: \${{ env "DECK_MINUTE" | toInt }}, policy: local}
consumers:
- username: joe
  keyauth_credentials:
  - {key: a-key-that-is-long-enough, ttl: \${{ env "DECK_TTL" | toInt }}}
`

function command(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const files = args[0] === 'history' || args[0] === 'inventory' ? [] : [bed.file(manifestNow)]
  return runCommand([...args, '--kong-addr', bed.address, ...files], {
    cwd: bed.folder,
    env: { GATEWATCH_STATE_DIR: state, ...variables, ...env },
  })
}
let manifestNow = manifest
beforeEach(() => {
  manifestNow = manifest
})

/** Changes in short, as `update service pay git ahead: host •••• <- ••••`. */
async function changes(env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { out, err } = await command(['diff', '-o', 'json'], env)
  expect(err).toBe('')
  const drift: {
    changes: { operation: string; kind: string; name: string; fields: Record<string, unknown>[] }[]
  } = JSON.parse(out)
  return drift.changes.flatMap(({ operation, kind, name, fields }) =>
    fields.map(
      ({ path, git, live, cause }) =>
        `${operation} ${kind} ${name} ${String(cause)}: ${String(path)} ${String(git)} <- ${String(live)}`,
    ),
  )
}

/** All that was written, for the search of what must not be there. */
function written(): string {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}

describe('values of variables', () => {
  test('are sent as what they are, texts, numbers and booleans, and nothing differs afterwards', async () => {
    expect(await command(['sync', '--yes'])).toMatchObject({ code: 0 })
    expect(await bed.request('GET', '/services/pay')).toMatchObject({
      host: 'canary.up.internal',
      port: 8443,
      enabled: true,
      tags: ['plain', 'canary-tag'],
    })
    expect(await bed.request('GET', '/routes/r')).toMatchObject({ paths: ['/open', '/canary-path'] })
    const { data } = Object(await bed.request('GET', '/plugins'))
    expect(data[0].config.minute).toBe(4711)
    expect(await changes()).toEqual([])
    expect(written()).not.toMatch(/canary|\b(4711|8443|86399)\b/)
  })

  test('are masked on both sides, whichever changed, and still have their cause', async () => {
    await command(['sync', '--yes'])
    expect(await changes({ DECK_HOST: 'other-canary.internal', DECK_MINUTE: '5' })).toEqual([
      'update service pay git ahead: host •••• <- ••••',
      'update plugin rate-limiting for service pay git ahead: config.minute •••• <- ••••',
    ])
    await bed.request('PATCH', '/services/pay', { host: 'edited-canary.internal', retries: 3 })
    await bed.request('PATCH', '/routes/r', { paths: ['/edited-canary'] })
    expect(await changes()).toEqual([
      'update service pay edited live: retries 5 <- 3',
      'update service pay edited live: host •••• <- ••••',
      'update route r edited live: paths ••••,•••• <- ••••',
    ])
  })

  test('are masked at the gateway once their entity is in no manifest any more', async () => {
    await command(['sync', '--yes'])
    manifestNow = '_format_version: "3.0"\nconsumers: [{username: joe}]\n'
    const { out } = await command(['diff'])
    expect(out).toContain('- service pay')
    expect(out).not.toMatch(/canary|\b(4711|8443)\b/)
    const plan = await command(['plan', '--allow-deletes', '9', '--out', join(state, 'plan.json')])
    expect(plan.out + plan.err).not.toMatch(/canary|\b(4711|8443)\b/)
    expect(readFileSync(join(state, 'plan.json'), 'utf8')).not.toMatch(/canary|\b(4711|8443)\b/)
    const inventory = await command(['inventory'])
    expect(inventory.out).toContain('••••')
    expect(inventory.out).not.toContain('canary')
  })

  test('that are now written out compare as equal if unchanged, and differ without showing the old value', async () => {
    await command(['sync', '--yes'])
    manifestNow = manifest.replace('${{ env "DECK_HOST" }}', 'canary.up.internal')
    expect(await changes()).toEqual([])
    manifestNow = manifest.replace('${{ env "DECK_HOST" }}', 'public.example')
    expect(await changes()).toEqual(['update service pay git ahead: host public.example <- ••••'])
    await command(['sync', '--yes'])
    expect(written()).not.toContain('canary')
    manifestNow = manifest.replace('${{ env "DECK_HOST" }}', 'later.example')
    expect(await changes()).toEqual(['update service pay git ahead: host later.example <- public.example'])
  })

  test('are compared with a ledger that holds them in clear, written before they were taken from variables', async () => {
    manifestNow = Object.entries(variables).reduce(
      (text, [name, value]) => text.replaceAll(new RegExp(`\\$\\{\\{ env "${name}".*?\\}\\}`, 'g'), value),
      manifest,
    )
    await command(['sync', '--yes'])
    expect(written()).toContain('canary')
    manifestNow = manifest
    expect(await changes()).toEqual([])
    expect(await changes({ DECK_PORT: '9' })).toEqual(['update service pay git ahead: port •••• <- ••••'])
    await bed.request('PATCH', '/services/pay', { port: 10 })
    expect(await changes({ DECK_PORT: '9' })).toEqual(['update service pay conflict: port •••• <- ••••'])
    const { out } = await command(['diff'], { DECK_PORT: '9' })
    expect(out).toContain('port  •••• changed, hidden')
    expect(out).not.toMatch(/canary|8443/)
  })

  test('are placeholders in a saved plan, which can be applied if the variables are unchanged', async () => {
    const plan = join(state, '..', `plan-${run}.json`)
    await command(['plan', '--out', plan])
    expect(readFileSync(plan, 'utf8')).not.toMatch(/canary|\b(4711|8443|86399)\b/)
    const other = await command(['apply', '--yes', plan], { DECK_HOST: 'other.internal' })
    expect(other.err).toContain('is not the one that the plan was made with')
    expect(await bed.writes()).toEqual([])
    expect(await command(['apply', '--yes', plan])).toMatchObject({ code: 0 })
    expect(await changes()).toEqual([])
  })

  test('are restored by an undo, which needs them in the environment', async () => {
    await command(['sync', '--yes'])
    expect(await command(['sync', '--yes'], { DECK_HOST: 'later.internal' })).toMatchObject({ code: 0 })
    expect(await bed.request('GET', '/services/pay')).toMatchObject({ host: 'later.internal' })
    const undone = await command(['undo', '--yes'])
    expect(undone.out + undone.err).not.toMatch(/canary|later\.internal/)
    expect(await bed.request('GET', '/services/pay')).toMatchObject({ host: 'canary.up.internal' })
  })

  test('decide how routes answer, although no message shows them', async () => {
    await command(['sync', '--yes'])
    const { out, err } = await command(['sync', '--yes'], { DECK_PATH: 'moved-canary' })
    expect(err).toContain(
      'traffic  GET any.example•••• now 404, no route: route r to pay (http://••••:••••) → no route',
    )
    expect(out + err).not.toMatch(/canary/)
  })

  test('that must be unique are compared with those of all entities of the kind', async () => {
    const consumers = (...ids: readonly string[]) =>
      `_format_version: "3.0"\nconsumers:\n${ids.map((id, i) => `- {username: c${i}, custom_id: ${id}}`).join('\n')}\n`
    manifestNow = consumers('${{ env "DECK_HOST" }}', 'two')
    expect(await command(['sync', '--yes'])).toMatchObject({ code: 0 })
    expect(await changes()).toEqual([])
    // They change places: one has to make room for the other.
    manifestNow = consumers('two', '${{ env "DECK_HOST" }}')
    expect(await command(['sync', '--yes'])).toMatchObject({ code: 0 })
    expect(await bed.request('GET', '/consumers/c1')).toMatchObject({ custom_id: 'canary.up.internal' })
    expect(written()).not.toContain('canary')
  })

  test('find a consumer that is renamed, by the id that a variable gives', async () => {
    manifestNow = '_format_version: "3.0"\nconsumers: [{username: old, custom_id: ${{ env "DECK_HOST" }}}]\n'
    await command(['sync', '--yes'])
    manifestNow = manifestNow.replace('old', 'new')
    expect(await changes()).toEqual(['update consumer new unattributed: username new <- old'])
  })

  test('in code that names a header are masked together with the whole text', async () => {
    manifestNow = `_format_version: "3.0"
plugins:
- name: pre-function
  config:
    access:
    - |
      kong.service.request.set_header("Authorization", "x")
      -- \${{ env "DECK_TAG" }}
`
    expect(await changes()).toContain(
      'create plugin pre-function (global) unattributed: config.access •••• <- null',
    )
    await command(['sync', '--yes'])
    expect(await changes()).toEqual([])
    expect(written()).not.toContain('canary')
  })

  test('that identify an entity are shown, because nobody could name it otherwise', async () => {
    manifestNow =
      '_format_version: "3.0"\nservices: [{name: "${{ env "DECK_TAG" }}-pay", host: ${{ env "DECK_HOST" }}}]\n'
    expect(await changes()).toEqual([
      'create service canary-tag-pay unattributed: name canary-tag-pay <- null',
      'create service canary-tag-pay unattributed: host •••• <- null',
    ])
  })
})
