import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../src/model/routing/request.ts'
import { generate, specificationOf } from '../../src/specs/index.ts'
import type { Specification } from '../../src/specs/reading/specification.ts'
import {
  type Described,
  describedIn,
  operationCalled,
} from '../../src/workflows/meaning/described-requests.ts'
import { explainerOfFiles } from '../../src/workflows/meaning/explain.ts'
import { providers } from '../known-providers.ts'

const FOLDER = new URL('../../fixtures/specs/', import.meta.url)

function fixture(name: string): Specification {
  const read = specificationOf(name, readFileSync(new URL(name, FOLDER), 'utf8'))
  if (!read.ok) throw new Error(name)
  return read.value
}

/** The line of a text in a fixture, and the one below a first text where it is there more than once. */
function lineOf(name: string, ...texts: readonly string[]): number {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').split('\n')
  return texts.reduce((from, text) => lines.findIndex((line, i) => i >= from && line.includes(text)) + 1, 0)
}

describe('the origin of an entity generated from a specification', () => {
  const name = 'telemetry.yaml'

  it.each<[string, string, string, number, string | undefined]>([
    [
      'a service of a path',
      'service',
      'fleet-telemetry_vehicles-vin',
      lineOf(name, '/vehicles/{vin}:', 'servers'),
      undefined,
    ],
    ['a route', 'route', 'fleet-telemetry_setvehicle', lineOf(name, 'put:'), 'setVehicle'],
    [
      'an upstream',
      'upstream',
      'fleet-telemetry_alarms.upstream',
      lineOf(name, '/alarms:', 'servers'),
      undefined,
    ],
    [
      'a plugin of a service',
      'plugin',
      'acl for service fleet-telemetry_alarms',
      lineOf(name, 'x-kong-plugin-acl'),
      undefined,
    ],
    [
      'a plugin of a route',
      'plugin',
      'acl for route fleet-telemetry_raisealarm',
      lineOf(name, 'raiseAlarm', 'x-kong-plugin-acl'),
      'raiseAlarm',
    ],
  ])('is known of %s by its key', async (_what, kind, key, line, operationId) => {
    const { origins } = await describedIn([fixture(name)])
    const origin = origins.of({ kind, key })
    expect(origin?.place).toMatchObject({ file: name, line })
    expect(origin?.operationId).toBe(operationId)
  })

  it('is known by its id if it was renamed, and for nothing else', async () => {
    const { origins } = await describedIn([fixture('bookshop.yaml')])
    const id = 'e1b7e2a5-0000-4000-8000-000000000000'
    expect(origins.of({ kind: 'route', key: 'something', id })).toBeUndefined()
    const generated = generate(fixture('bookshop.yaml'))
    const service = generated.ok ? generated.value.manifest.services[0] : undefined
    expect(origins.of({ kind: 'service', key: 'renamed', id: String(service?.id) })?.level).toBe('document')
  })
})

describe('the operation that a request calls', () => {
  const spec = `openapi: 3.0.3
info: { title: Pay, version: '1' }
servers: [{ url: 'https://api.pay.example/v1' }]
paths:
  /disputes: { get: { operationId: list } }
  /disputes/{id}/files/{name}.pdf:
    get: { operationId: file }
`
  const manifest = `_format_version: "3.0"
services:
- { name: pay, url: 'http://pay.internal', routes: [{ name: all, paths: [/v1] }] }
`

  async function called(described: Described, request: string) {
    const folder = await mkdtemp(join(tmpdir(), 'gatewatch-origins-'))
    try {
      await writeFile(`${folder}/kong.yaml`, manifest)
      const explainer = await explainerOfFiles([`${folder}/kong.yaml`], {}, providers.usual)
      const parsed = parseRequest(request)
      if (!explainer.ok || !('router' in explainer.value) || !parsed) throw new Error(request)
      const found = operationCalled(described, parsed, explainer.value.router.answer(parsed))
      return found && `${found.place.file}:${found.place.line} ${found.operation}`
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  it.each([
    ['GET https://api.pay.example/v1/disputes?page=2', 'pay.yaml:5 GET /disputes list'],
    [
      'GET https://api.pay.example/v1/disputes/7/files/a-b.pdf',
      'pay.yaml:7 GET /disputes/{id}/files/{name}.pdf file',
    ],
    ['POST https://api.pay.example/v1/disputes', null],
    ['GET https://api.pay.example/disputes', null],
    ['GET https://other.example/v1/disputes', null],
    ['GET https://api.pay.example/v1/disputes/7/files/.pdf', null],
  ])('of a route that was written by hand is told by server and path: %s', async (request, expected) => {
    const read = specificationOf('pay.yaml', spec)
    if (!read.ok) throw new Error('pay.yaml')
    expect(await called(await describedIn([read.value]), request)).toBe(expected)
  })
})
