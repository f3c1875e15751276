import { asString, isArray, isObject, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import type { Shape } from '../../kinds/manifest-shape.ts'
import { lists } from '../../manifest/deck-format.ts'
import type { ReadFile } from '../../manifest/reading/source.ts'
import type { Conversion } from './convert.ts'

/** Something that changed in Kong and that no tool can decide: https://developer.konghq.com/gateway/breaking-changes/ */
interface Note {
  /** Plugins that it is about; undefined: routes. */
  readonly plugins?: readonly string[]
  /** The field that it is about, from the entity on; undefined: it is about none. */
  applies(fields: JsonObject): string | undefined
  readonly message: string
  readonly hint: string
}

const config = (fields: JsonObject): JsonObject => (isObject(fields.config) ? fields.config : {})

const to34: readonly Note[] = [
  {
    plugins: ['http-log'],
    applies: fields => {
      const { headers } = config(fields)
      return isObject(headers) && Object.values(headers).some(isArray) ? 'config.headers' : undefined
    },
    message: 'http-log takes one text for each header, and no list',
    hint: 'Join the values of each header into one text.',
  },
  {
    plugins: ['statsd-advanced'],
    applies: () => 'name',
    message: 'statsd-advanced is deprecated',
    hint: 'Use statsd: it can do all of it.',
  },
  {
    plugins: ['acme'],
    applies: fields => {
      const { storage_config: storage } = config(fields)
      const vault = isObject(storage) ? storage.vault : undefined
      return isObject(vault) && !vault.auth_method ? 'config.storage_config.vault' : undefined
    },
    message: 'acme authenticates at a vault by token unless it is told otherwise',
    hint: 'Set auth_method where another is meant.',
  },
  {
    plugins: ['prometheus'],
    applies: () => 'name',
    message: 'prometheus no longer counts by status code, latency, bandwidth and upstream health by itself',
    hint: 'Switch on what you need: config.status_code_metrics, latency_metrics, bandwidth_metrics, upstream_health_metrics.',
  },
  {
    plugins: ['aws-lambda'],
    applies: fields => (config(fields).aws_region === undefined ? 'name' : undefined),
    message: 'aws-lambda needs a region',
    hint: 'Set config.aws_region, or AWS_REGION where the gateway runs.',
  },
  {
    applies: fields => {
      const paths = isArray(fields.paths) ? fields.paths : []
      const at = paths.findIndex(path => typeof path === 'string' && /\(\?<?[=!]|\\[1-9]/.test(path))
      return at === -1 ? undefined : `paths.${at}`
    },
    message: 'a path looks around or refers back, which only the traditional router can do',
    hint: 'Write it without, or set router_flavor = traditional.',
  },
  {
    applies: fields => (fields.path_handling === 'v1' ? 'path_handling' : undefined),
    message: 'path_handling v1 is known to the traditional router alone',
    hint: 'Use v0, or set router_flavor = traditional.',
  },
]

const to310: readonly Note[] = [
  {
    plugins: ['session'],
    applies: fields => (config(fields).read_body_for_logout === undefined ? 'name' : undefined),
    message: 'session no longer looks for logout_post_arg in bodies by itself',
    hint: 'Set config.read_body_for_logout: true where you log out by POST.',
  },
  {
    plugins: ['azure-functions'],
    applies: fields => (config(fields).routeprefix === undefined ? 'name' : undefined),
    message: 'azure-functions makes its path from config.routeprefix alone, and no more from the request’s',
    hint: 'Check config.routeprefix.',
  },
  {
    plugins: [
      'ai-rate-limiting-advanced',
      'graphql-proxy-cache-advanced',
      'graphql-rate-limiting-advanced',
      'proxy-cache-advanced',
      'rate-limiting-advanced',
    ],
    applies: fields => {
      const { redis } = config(fields)
      return isObject(redis) && redis.timeout ? 'config.redis.timeout' : undefined
    },
    message: 'config.redis.timeout is deprecated',
    hint: 'Set connect_timeout, send_timeout and read_timeout.',
  },
]

const notes: Readonly<Record<string, readonly Note[]>> = { '2.8 3.4': to34, '3.4 3.10': to310 }

/** What a person must look at after a conversion, each with its place in the file. */
export function notesOn(file: ReadFile, { from, to }: Conversion): readonly Problem[] {
  const known = notes[`${from} ${to}`] ?? []
  const found: Problem[] = []
  if (known.length > 0) {
    for (const [name, shape] of Object.entries(lists)) collect(file, file.content[name], shape, known, found)
  }
  return found
}

function collect(
  file: ReadFile,
  list: unknown,
  shape: Shape,
  known: readonly Note[],
  found: Problem[],
): void {
  if (!isArray(list)) return
  for (const fields of list) {
    if (!isObject(fields)) continue
    for (const note of known) {
      const about = note.plugins
        ? shape.kind === 'plugin' && note.plugins.includes(asString(fields.name) ?? '')
        : shape.kind === 'route'
      const path = about ? note.applies(fields) : undefined
      if (path === undefined) continue
      const { message, hint } = note
      found.push({ code: 'convert', message, hint, place: file.document.place(fields, path) })
    }
    for (const [name, child] of Object.entries(shape.children)) {
      collect(file, fields[name], child.shape, known, found)
    }
  }
}
