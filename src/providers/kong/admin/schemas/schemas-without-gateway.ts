import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { KindSchema, RecordSchema, Schemas } from '../../../../model/schema/schema.ts'
import { kinds } from '../../kinds/index.ts'
import { parseSchema } from './kong-schema.ts'

const answers = z.record(z.string(), z.unknown())

/** The answers of a Kong 3.9.1 that come with the project: beside the sources, and beside the built program. */
function answersIn(file: string, prefix = ''): ReadonlyMap<string, RecordSchema> {
  const paths = ['../../../../../fixtures/kong-3.9.1/', '../fixtures/kong-3.9.1/'].map(folder =>
    fileURLToPath(new URL(folder + file, import.meta.url)),
  )
  const path = paths.find(existsSync)
  if (path === undefined) throw new Error(`no schemas of Kong at ${paths.join(' or ')}`)
  const found = answers.parse(JSON.parse(readFileSync(path, 'utf8')))
  return new Map(
    Object.entries(found).flatMap(([name, answer]) => {
      const schema = parseSchema(answer, prefix + name)
      return schema ? [[name, schema] as const] : []
    }),
  )
}

/**
 * The schemas to compare by where there is no gateway to ask: those of an open-source Kong 3.9.1 with its own
 * plugins. A custom plugin is not among them; its fields are then compared as they are written.
 */
export function schemasWithoutGateway(): Schemas {
  const entities = answersIn('entities.json')
  const plugins = answersIn('plugins.json', 'plugins/')
  const schemas = new Map<string, KindSchema>()
  for (const {
    kind,
    transport: { schema },
    fields: { variant } = {},
  } of kinds.all) {
    const record = entities.get(schema)
    if (!record) continue
    schemas.set(kind, variant === undefined ? { record } : { record, variant: name => plugins.get(name) })
  }
  return schemas
}
