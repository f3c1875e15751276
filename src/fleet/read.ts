import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { isObject, type JsonObject } from '../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { suggestion } from '../model/suggestion.ts'
import { Lines, parseYaml, type YamlDocument } from '../yaml/index.ts'
import { type Config, configJsonSchema, configSchema } from './config-schema.ts'
import type { CredentialRef, Fleet, FleetTarget } from './fleet.ts'

/** The names that the file may have. */
const fileNames = ['gatewatch.yaml', 'gatewatch.yml']

const defaultTimeoutMs = 10_000

/** Reads `gatewatch.yaml`; each problem has its place in the file. */
export async function readFleet(path: string): Promise<Result<Fleet>> {
  const file = resolve(path)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'it is not there' : String(error)
    const hint = 'Name another with --config, or let gatewatch init write one.'
    return fail([{ code: 'config-unreadable', message: `${path} can't be read: ${reason}`, hint }])
  }
  return fleetFrom(text, file, path)
}

/** The fleet that a text describes; `shown` is what the file is called in problems. */
export function fleetFrom(text: string, file: string, shown = file): Result<Fleet> {
  const lines = new Lines(shown, text)
  const parsed = parseYaml(text, { placeAt: offset => lines.at(offset) })
  if (!parsed.ok) return parsed
  const document = parsed.value
  if (!isObject(document.value)) {
    const hint = 'Let gatewatch init write one, and see docs/configuration.md.'
    return fail([{ code: 'config', message: 'the file does not describe a fleet', hint, place: lines.at(0) }])
  }
  const config = configSchema.safeParse(document.value)
  const { value: root } = document
  if (!config.success) {
    const problems = config.error.issues.flatMap(issue => problemsOf(issue, root, document))
    return fail(withoutConsequences(problems).toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0)))
  }
  return succeed(fleetOf(config.data, file, document, root))
}

function fleetOf(config: Config, file: string, document: YamlDocument, root: JsonObject): Fleet {
  const folder = dirname(file)
  const production = config.production ?? config.environments.slice(-1)
  const targets = Object.entries(config.targets).map(([name, target]): FleetTarget => {
    const { address, headers = {}, workspace, timeout, tls = {} } = target.kong
    return {
      name,
      environment: target.environment,
      kong: {
        address: address.replace(/\/+$/, ''),
        headers: Object.fromEntries(
          Object.entries(headers).map(([key, value]) => [key, credentialOf(value, folder)]),
        ),
        ...(workspace === undefined ? {} : { workspace }),
        timeoutMs: timeout === undefined ? defaultTimeoutMs : millisecondsOf(timeout),
        tls: {
          verify: tls.verify ?? true,
          ...(tls.authorities === undefined ? {} : { authorities: resolve(folder, tls.authorities) }),
        },
      },
      manifests: target.manifests.map(path => resolve(folder, path)),
      selectTags: target.select_tags ?? [],
      protected: target.protected ?? production.includes(target.environment),
      labels: target.labels ?? {},
      place: document.place(root, `targets.${name}`),
    }
  })
  return {
    name: config.name ?? basename(folder),
    file,
    folder,
    environments: config.environments,
    production,
    targets,
    specifications: config.specifications ?? [],
    policies: config.policies ?? [],
  }
}

type Header = NonNullable<Config['targets'][string]['kong']['headers']>[string]

function credentialOf(value: Header, folder: string): CredentialRef {
  if (typeof value === 'string') return { plain: value }
  const prefix = value.prefix === undefined ? {} : { prefix: value.prefix }
  return 'env' in value ? { env: value.env, ...prefix } : { file: resolve(folder, value.file), ...prefix }
}

function millisecondsOf(duration: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(ms|s|m)$/.exec(duration) ?? []
  return Number(count) * (unit === 'm' ? 60_000 : unit === 's' ? 1000 : 1)
}

/** A key that is missing only because it was misspelt is told once, where it was misspelt. */
function withoutConsequences(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ message }) => {
    const missing = /^(\S+) is missing$/.exec(message)?.[1]?.split('.').at(-1)
    return missing === undefined || !problems.some(({ hint }) => hint === `Did you mean ${missing}?`)
  })
}

/** What zod finds, as problems with a place; no message holds a value of the file. */
function problemsOf(issue: z.core.$ZodIssue, root: JsonObject, document: YamlDocument): readonly Problem[] {
  const path = issue.path.map(String)
  const label = path.length === 0 ? 'the file' : path.join('.')
  const place = document.place(root, path.join('.'))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path)
    return issue.keys.map(key => {
      const meant = suggestion(key, known)
      const hint = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`
      const at = document.place(root, [...path, key].join('.'))
      return { code: 'config-unknown-key', message: `${label} has the unknown key "${key}"`, hint, place: at }
    })
  }
  if (issue.code === 'invalid_key') {
    const message = `the name "${path.at(-1) ?? ''}" ${issue.issues[0]?.message ?? 'is not valid'}`
    return [{ code: 'config', message, place }]
  }
  if (issue.code === 'invalid_type') {
    const expected = {
      string: 'a text',
      array: 'a list',
      boolean: 'true or false',
      object: 'a mapping',
      record: 'a mapping',
    }
    const what =
      Object.entries(expected).find(([type]) => type === issue.expected)?.[1] ?? `a ${issue.expected}`
    const absent = document.at(root, path) === undefined
    return [{ code: 'config', message: absent ? `${label} is missing` : `${label} must be ${what}`, place }]
  }
  return [{ code: 'config', message: `${label} ${issue.message}`, place }]
}

/** The keys that the format knows at a path. */
function knownKeys(path: readonly string[]): readonly string[] {
  let schema: unknown = configJsonSchema()
  for (const name of path) {
    if (!isRecord(schema)) return []
    const properties = isRecord(schema.properties) ? schema.properties : {}
    schema = properties[name] ?? schema.additionalProperties
  }
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** The nearest `gatewatch.yaml` (or `.yml`) in a folder or above it; null where there is none. */
export async function findFleetFile(from: string): Promise<string | null> {
  const folder = resolve(from)
  for (const name of fileNames) {
    const file = join(folder, name)
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file
  }
  const above = dirname(folder)
  return above === folder ? null : await findFleetFile(above)
}
