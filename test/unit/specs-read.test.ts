import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { generate, type ReadOptions, readSpecification } from '../../src/specs/index.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/specs/', import.meta.url))

async function convert(path: string, options: ReadOptions = {}) {
  const spec = await readSpecification(path, options)
  return spec.ok ? generate(spec.value) : spec
}

async function problemsOf(path: string, options: ReadOptions = {}): Promise<string[]> {
  const result = await convert(path, options)
  return result.ok ? [] : result.error.map(problemText)
}

/** A document whose only parameter is somewhere else. */
function documentWith(reference: string): string {
  return `openapi: 3.0.3
info: { title: T }
paths:
  /a/{id}:
    get:
      parameters:
        - $ref: '${reference}'
`
}

let folder: string
let server: Server
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-specs-'))
  await mkdir(join(folder, 'repository'))
  await writeFile(join(folder, 'secret.yaml'), 'name: id\nin: path\n')
  server = createServer((request, response) => {
    if (request.url === '/id.yaml')
      response.end('name: id\nin: path\nschema: { type: string, minLength: 0 }\n')
    else if (request.url === '/moved.yaml')
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    else if (request.url === '/endless.yaml') {
      const write = (): void => {
        while (response.write('#'.repeat(65_536)));
      }
      response.on('drain', write)
      write()
    } else response.writeHead(404).end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, 'repository', name)
  await writeFile(path, text)
  return path
}

describe('external references', () => {
  it('are followed across files, both ways', async () => {
    const result = await convert(join(FIXTURES, 'parcels/openapi.yaml'), { root: FIXTURES })
    if (!result.ok) throw new Error(result.error.map(problemText).join())
    const text = JSON.stringify(result.value.manifest)
    expect(text).toContain('parcels_listevents')
    const [service] = result.value.manifest.services
    const routes = Array.isArray(service?.routes) ? service.routes : []
    const create = routes.find(route => route.name === 'parcels_createshipment')
    const schema = JSON.parse(create.plugins[0].config.body_schema)
    expect(schema).toEqual({
      $ref: '#/definitions/shipment',
      definitions: {
        shipment: {
          type: 'object',
          required: ['to', 'weight'],
          properties: {
            to: { $ref: '#/definitions/Address' },
            from: { $ref: '#/definitions/Address_2' },
            weight: { $ref: '#/definitions/grams' },
          },
        },
        Address: {
          type: 'object',
          required: ['country'],
          properties: { country: { type: 'string', pattern: '^[A-Z]{2}$' } },
        },
        Address_2: {
          type: 'object',
          properties: { street: { type: 'string' }, next: { $ref: '#/definitions/Address_2' } },
        },
        grams: { type: 'integer', minimum: 1, maximum: 31500 },
      },
    })
    const origin = result.value.origins.get(create.id)
    expect(origin).toEqual({
      place: { file: 'parcels/paths/shipments.yaml', line: 7, column: 1 },
      level: 'operation',
      path: '/shipments',
      method: 'POST',
      operationId: 'createShipment',
    })
  })

  it('that lead nowhere are reported at their place', async () => {
    const path = await write('a.yaml', documentWith('missing.yaml'))
    const expected = `a.yaml:7:11: missing.yaml can't be read: there is no such file.`
    expect(await problemsOf(path)).toEqual([expected])
    const inside = await write('b.yaml', documentWith('a.yaml#/components/parameters/Id'))
    const nowhere = 'b.yaml:7:11: The reference "a.yaml#/components/parameters/Id" leads nowhere.'
    expect(await problemsOf(inside)).toEqual([nowhere])
  })

  it('that lead to each other without end are reported', async () => {
    const path = await write('loop-a.yaml', documentWith('loop-b.yaml'))
    await write('loop-b.yaml', '$ref: loop-c.yaml')
    await write('loop-c.yaml', '$ref: loop-b.yaml')
    expect(await problemsOf(path)).toEqual([
      expect.stringMatching(/^loop-[bc]\.yaml:1:1: The reference .* leads back to itself\.$/),
    ])
  })

  it('outside the repository are not read', async () => {
    const root = join(folder, 'repository')
    const path = await write('out.yaml', documentWith('../secret.yaml'))
    const refused = (uri: string) =>
      `out.yaml:7:11: ${uri} is outside the repository and is not read. Move it into the repository.`
    expect(await problemsOf(path, { root })).toEqual([refused('../secret.yaml')])
    await symlink(join(folder, 'secret.yaml'), join(root, 'link.yaml'))
    await write('out.yaml', documentWith('link.yaml'))
    expect(await problemsOf(path, { root })).toEqual([refused('link.yaml')])
    await write('out.yaml', documentWith('/etc/hostname'))
    expect(await problemsOf(path, { root })).toEqual([refused('/etc/hostname')])
    const linked = `link.yaml is outside the repository and is not read. Move it into the repository.`
    expect(await problemsOf(join(root, 'link.yaml'), { root })).toEqual([linked])
  })
})

describe('remote references', () => {
  it('are not followed unless the host is allowed', async () => {
    const path = await write('r.yaml', documentWith('https://specs.example/id.yaml'))
    expect(await problemsOf(path)).toEqual([
      'r.yaml:7:11: References to specs.example are not followed: the host is not allowed. Copy the file to the repository, or allow the host.',
    ])
  })

  it('are followed if the host is allowed', async () => {
    const path = await write('r.yaml', documentWith(`http://127.0.0.1:${port}/id.yaml`))
    const result = await convert(path, { allowedHosts: [`127.0.0.1:${port}`] })
    expect(JSON.stringify(result.ok && result.value.manifest)).toContain('(?<id>[^#?/]*)')
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['http://127.0.0.1/x', '127.0.0.1'],
    ['http://[::1]/x', '::1'],
    ['http://0x7f000001/x', '127.0.0.1'],
    ['http://localhost/x', 'localhost'],
    ['ftp://files.example/x', 'files.example'],
  ])('do not reach this machine or its link by %s', async (reference, host) => {
    const path = await write('r.yaml', documentWith(reference))
    const [text, ...more] = await problemsOf(path, { allowedHosts: [host] })
    expect(more).toEqual([])
    expect(text).toMatch(/address of this machine or its link|isn’t an http or https URL/)
  })

  it('are neither redirected nor endless', async () => {
    const allowedHosts = [`127.0.0.1:${port}`]
    const path = await write('r.yaml', documentWith(`http://127.0.0.1:${port}/moved.yaml`))
    expect(await problemsOf(path, { allowedHosts })).toEqual([
      expect.stringContaining("can't be fetched: the answer was 302."),
    ])
    await write('r.yaml', documentWith(`http://127.0.0.1:${port}/endless.yaml`))
    expect(await problemsOf(path, { allowedHosts })).toEqual([
      expect.stringContaining("can't be fetched: it is too large."),
    ])
  })
})

describe('remote references, whatever they lead to,', () => {
  it('take a minute together at most, however many there are', async () => {
    const references = Array.from(
      { length: 8 },
      (_, i) => `        - $ref: 'http://127.0.0.1:${port}/id.yaml?${i}'`,
    )
    const path = await write(
      'r.yaml',
      documentWith(`http://127.0.0.1:${port}/id.yaml`) + references.join('\n'),
    )
    let now = 0
    // Each answer takes 25 s by this clock.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 25_000
      return now
    })
    const told = await problemsOf(path, { allowedHosts: [`127.0.0.1:${port}`] })
    clock.mockRestore()
    expect(
      told.filter(text => text.includes('remote files has already taken more than 60 s')).length,
    ).toBeGreaterThan(0)
  })

  it('are told of without the user and password that they hold', async () => {
    const path = await write('r.yaml', documentWith(`http://canary:canary@127.0.0.1:${port}/none.yaml`))
    const told = await problemsOf(path, { allowedHosts: [`127.0.0.1:${port}`] })
    expect(told).toEqual([expect.stringContaining(`http://127.0.0.1:${port}/none.yaml can't be fetched`)])
    expect(told.join()).not.toContain('canary')
  })
})

describe('files that can not be read', () => {
  it('are told in one sentence', async () => {
    const big = await write('big.yaml', '')
    await truncate(big, 50 * 1024 * 1024)
    expect(await problemsOf(big)).toEqual([
      'big.yaml is larger than 32 MiB, or the files together are too large. Split it.',
    ])
    expect(await problemsOf('/dev/zero')).toEqual(['zero isn’t a file.'])
    const latin = await write('latin.yaml', '')
    await writeFile(latin, Buffer.from([0xff, 0xfe, 0x41]))
    expect(await problemsOf(latin)).toEqual(['latin.yaml isn’t UTF-8 text.'])
    const none = join(folder, 'none.yaml')
    expect(await problemsOf(none)).toEqual(["none.yaml can't be read: there is no such file."])
  })
})

describe('Insomnia', () => {
  it('keeps a design in its folder', async () => {
    for (const path of ['insomnia', 'insomnia/.insomnia', 'insomnia/.insomnia/ApiSpec/spc_1.yml']) {
      const result = await convert(join(FIXTURES, path), { root: FIXTURES })
      if (!result.ok) throw new Error(result.error.map(problemText).join())
      const origin = [...result.value.origins.values()].find(one => one.operationId === 'listSeats')
      expect(origin?.place).toEqual({ file: 'insomnia/.insomnia/ApiSpec/spc_1.yml', line: 21, column: 7 })
    }
  })

  it('exports designs in format 4', async () => {
    const path = join(FIXTURES, 'insomnia/export-4.json')
    expect(await problemsOf(path)).toEqual([
      'There are several design documents in export-4.json. Name one of "Tickets", "Venues".',
    ])
    expect(await problemsOf(path, { design: 'Theatres' })).toEqual([
      'There is no design document "Theatres" in export-4.json. Name one of "Tickets", "Venues".',
    ])
    const tickets = await convert(path, { design: 'Tickets' })
    const origin = tickets.ok && [...tickets.value.origins.values()].find(one => one.method === 'GET')
    expect(origin).toMatchObject({ place: { file: 'export-4.json' }, operationId: 'listEvents' })
    expect(await convert(path, { design: 'spc_2' })).toMatchObject({ ok: true })
  })

  it('exports a design in format 5, with references inside it', async () => {
    const result = await convert(join(FIXTURES, 'insomnia/export-5.yaml'))
    if (!result.ok) throw new Error(result.error.map(problemText).join())
    const origin = [...result.value.origins.values()].find(one => one.method === 'GET')
    expect(origin?.place).toEqual({ file: 'export-5.yaml', line: 21, column: 9 })
  })

  it('may name the file of a design', async () => {
    await write('own.yaml', documentWith('x.yaml').replace(/ {6}parameters[\s\S]*/, '      responses: {}\n'))
    const path = await write('v5.yaml', 'type: spec.insomnia.rest/5.0\nname: Own\nspec: { file: own.yaml }\n')
    const result = await convert(path)
    expect(result).toMatchObject({ ok: true })
  })

  it('exports collections too, which hold none', async () => {
    const path = await write(
      'collection.yaml',
      'type: collection.insomnia.rest/5.0\nname: C\ncollection: []\n',
    )
    const expected = 'There is no design document in collection.yaml. Export a document, not a collection.'
    expect(await problemsOf(path)).toEqual([expected])
  })
})
