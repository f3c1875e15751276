import { createHash } from 'node:crypto'
import type { Call, Endpoint } from '../admin/endpoint.ts'
import { type AdminResponse, answer, argument } from '../admin/exchange.ts'
import type { GatewayState } from '../gateway/gateway-state.ts'
import { isObject, type Json, type JsonObject, jsonObject, parseJson } from '../json.ts'
import { luaLine } from '../lua-text.ts'
import { isEmpty, type Violations, violationsToJson } from '../schema/validate/violations.ts'
import { kinds } from '../store/kinds.ts'
import { flattenedErrors } from './flattened-errors.ts'
import { loadEntities } from './load.ts'
import type { FileParser } from './parse-file.ts'
import type { YamlReader } from './yaml-reader.ts'
import { yamlText } from './yaml-text.ts'

const withDatabase = answer(400, {
  message: 'this endpoint is only available when Kong is configured to not use a database',
})

const refused = (violations: Violations, more: JsonObject = {}): AdminResponse =>
  answer(400, {
    message: `declarative config is invalid: ${luaLine(violations)}`,
    name: 'invalid declarative configuration',
    code: 14,
    ...more,
    fields: isEmpty(violations) ? {} : violationsToJson(violations),
  })

/** The file in a request: as fields, as text in `config`, or as the body itself. */
function fileOf(
  call: Call,
  readYaml: YamlReader,
): { readonly file: JsonObject; readonly hash: string | undefined } | AdminResponse {
  if (call.body._format_version !== undefined) return { file: call.body, hash: undefined }
  const { config } = call.body
  const text = typeof config === 'string' ? config : call.text
  if (config === undefined && text === '')
    return answer(400, { message: 'expected a declarative configuration' })
  const read = parseJson(text)
  const parsed = isObject(read) ? { value: read } : readYaml(text)
  if ('wrong' in parsed || !isObject(parsed.value)) {
    const why = 'wrong' in parsed ? parsed.wrong : 'expected an object'
    return refused({ error: `failed parsing declarative configuration: ${why}` })
  }
  return { file: parsed.value, hash: createHash('md5').update(text).digest('hex') }
}

const truthy = (value: Json | undefined): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(true|1|on|yes)$/i.test(value))

function post(call: Call, parser: FileParser, readYaml: YamlReader): AdminResponse {
  const { dbless } = call.state
  if (dbless === undefined) return withDatabase
  const option = (name: string): Json | undefined => {
    const value = argument(call.query, name) ?? call.body[name]
    delete call.body[name]
    return value
  }
  const flatten = truthy(option('flatten_errors'))
  const checkHash = String(option('check_hash')) === '1'
  const given = fileOf(call, readYaml)
  if ('status' in given) return given
  if (checkHash && given.hash === dbless.hash) return { status: 304, text: undefined }
  const parsed = parser.parse(given.file)
  if ('violations' in parsed) {
    if (!flatten) return refused(parsed.violations)
    const { flattened, rest } = flattenedErrors(call.state.library, parsed.file, parsed.violations)
    return refused(rest, { flattened_errors: flattened.length > 0 ? flattened : {} })
  }
  const shown = jsonObject()
  for (const [kind, entities] of parsed.entities) shown[kind.name] = Object.fromEntries(entities)
  const text = JSON.stringify(shown)
  loadEntities(call.state, parsed.entities, parsed.transform)
  dbless.hash = given.hash ?? createHash('md5').update(text).digest('hex')
  return answer(201, shown)
}

/** All entities in the form of a file. */
export function exported(state: GatewayState): JsonObject {
  const file: JsonObject = { _format_version: '3.0', _transform: false }
  for (const kind of kinds) {
    const rows = [...state.database.table(kind.name).rows()]
    if (rows.length > 0) {
      file[kind.name] = rows.map(({ entity, expires }) => {
        const flat = jsonObject()
        // Kong accepts a time and reports what is left of it.
        if (expires !== undefined) flat.ttl = Math.max(0, Math.floor((expires - Date.now()) / 1000))
        for (const [name, value] of Object.entries(entity)) {
          const isKey =
            isObject(value) && state.library.of(kind.name)?.byName.get(name)?.reference !== undefined
          flat[name] = isKey ? (value.id ?? null) : value
        }
        return flat
      })
    }
  }
  return file
}

/** `/config`: how a gateway without a database is given its entities. */
export const configEndpoint = (parser: FileParser, readYaml: YamlReader): Endpoint => ({
  path: '/config',
  methods: {
    GET: call =>
      call.state.dbless === undefined
        ? withDatabase
        : answer(200, { config: yamlText(exported(call.state)) }),
    POST: call => post(call, parser, readYaml),
  },
})

/** The same path on a gateway with a database. */
export const noConfigEndpoint: Endpoint = {
  path: '/config',
  methods: { GET: () => withDatabase, POST: () => withDatabase },
}
