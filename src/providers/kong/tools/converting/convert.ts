import { randomInt } from 'node:crypto'
import { asString, type JsonObject } from '../../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import { compactFile } from '../compact.ts'
import { entitiesIn } from '../entities.ts'
import type { DestinationFormat, SourceFormat } from '../formats.ts'
import { isDraftList, isDraftObject } from '../selecting/select.ts'
import { type DraftObject, draftOf } from '../tool-file.ts'
import { type ConvertedConfig, convertPluginTo34, convertPluginTo310 } from './convert-plugins.ts'

/** A file after conversion, and what was done to it, each one sentence. */
export interface Converted {
  readonly value: JsonObject
  readonly done: readonly string[]
}

/** What decides a conversion. */
export interface Conversion {
  readonly from: SourceFormat
  readonly to: DestinationFormat
  /** Makes up the name under which a rate-limiting plugin keeps its counters. */
  readonly namespace?: () => string
}

type Converter = (root: DraftObject, conversion: Conversion, done: string[]) => void

const converters: Readonly<Record<string, Converter>> = {
  'kong-gateway-2.x kong-gateway-3.x': to3x,
  '2.8 3.4': (root, conversion, done) => {
    to3x(root, conversion, done)
    for (const plugin of pluginsIn(root)) convertPluginTo34(plugin, done)
  },
  '3.4 3.10': (root, _conversion, done) => {
    for (const plugin of pluginsIn(root)) convertPluginTo310(plugin, done)
  },
}

/** Converts a file that was checked before. Unlike decK it converts routes and plugins wherever they stand. */
export function convertFile(file: JsonObject, conversion: Conversion): Result<Converted> {
  const convert = converters[`${conversion.from} ${conversion.to}`]
  if (!convert) return fail([unknownPair(conversion)])
  const root = draftOf(file)
  const done: string[] = []
  convert(root, conversion, done)
  compactFile(root)
  return succeed({ value: root, done })
}

function unknownPair({ from, to }: Conversion): Problem {
  const message = `a file can't be converted from ${from} to ${to}`
  if (to === 'konnect') {
    const hint = 'Konnect takes files in format 3.0 as they are; its service packages are gone.'
    return { code: 'conversion', message, hint }
  }
  const pairs = Object.keys(converters).map(pair => `--from ${pair.replace(' ', ' --to ')}`)
  return { code: 'conversion', message, hint: `Known are ${pairs.join(', ')}.` }
}

function to3x(root: DraftObject, { namespace = randomNamespace }: Conversion, done: string[]): void {
  for (const { kind, fields } of entitiesIn(root)) {
    if (kind === 'route') markPatterns(fields, done)
    if (kind !== 'plugin' || fields.name !== 'rate-limiting-advanced' || !isDraftObject(fields.config))
      continue
    if (fields.config.namespace !== undefined && fields.config.namespace !== null) continue
    fields.config.namespace = namespace()
    done.push('a rate-limiting-advanced plugin got a namespace of its own, which Kong would else make up')
  }
  const version = asString(root._format_version)
  if (version === '3.0') return
  root._format_version = '3.0'
  done.push(`_format_version is now 3.0${version === undefined ? '' : `, and was ${version}`}`)
}

/** From 3.0 on, a path is a pattern only where it begins with ~. */
function markPatterns(route: DraftObject, done: string[]): void {
  if (!isDraftList(route.paths)) return
  for (const [i, path] of route.paths.entries()) {
    if (typeof path !== 'string' || path.startsWith('~/') || !/[^a-zA-Z0-9._~/%-]/.test(path)) continue
    route.paths[i] = `~${path}`
    const name = asString(route.name) ?? asString(route.id) ?? ''
    done.push(`route ${name}: the path ${path} looks like a pattern and begins with ~ now`)
  }
}

/** The configurations of all plugins, and those that plugins share. */
function pluginsIn(root: DraftObject): readonly ConvertedConfig[] {
  const own = entitiesIn(root).flatMap(({ kind, fields }) =>
    kind === 'plugin' && isDraftObject(fields.config)
      ? [{ name: asString(fields.name), config: fields.config }]
      : [],
  )
  const shared = isDraftObject(root._plugin_configs) ? Object.values(root._plugin_configs) : []
  return [...own, ...shared.flatMap(config => (isDraftObject(config) ? [{ name: undefined, config }] : []))]
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function randomNamespace(): string {
  return Array.from({ length: 32 }, () => letters[randomInt(letters.length)] ?? '').join('')
}
