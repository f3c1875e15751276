import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isObject, type JsonObject } from '../model/json.ts'
import { fail, type Result, succeed } from '../model/problem.ts'
import { Lines, parseYaml, schemaProblems, type YamlDocument } from '../yaml/index.ts'
import { type Config, configJsonSchema, configSchema } from './config-schema.ts'
import type { CredentialRef, Fleet, FleetTarget } from './fleet.ts'
import { governanceOf } from './governance-schema.ts'
import { recipientsOf } from './sealing-schema.ts'

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
    const words = { code: 'config', schema: configJsonSchema() }
    return fail(schemaProblems(config.error.issues, document, root, words))
  }
  return succeed(fleetOf(config.data, file, document, root))
}

function fleetOf(config: Config, file: string, document: YamlDocument, root: JsonObject): Fleet {
  const folder = dirname(file)
  const production = config.production ?? config.environments.slice(-1)
  const rules = (config.ignore ?? []).map(({ kind, name, field, targets, reason, expires }, i) => ({
    targets,
    rule: {
      kind,
      name,
      ...(field === undefined ? {} : { field }),
      reason,
      ...(expires === undefined ? {} : { expires }),
      place: document.place(root, `ignore.${i}`),
    },
  }))
  const targets = Object.entries(config.targets).map(([name, target]): FleetTarget => {
    const { address, headers = {}, workspace, timeout, settle, tls = {} } = target.kong
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
        ...(settle === undefined ? {} : { settleMs: millisecondsOf(settle) }),
        tls: {
          verify: tls.verify ?? true,
          ...(tls.authorities === undefined ? {} : { authorities: resolve(folder, tls.authorities) }),
          ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
          ...(tls.certificate === undefined || tls.key === undefined
            ? {}
            : {
                identity: { certificate: resolve(folder, tls.certificate), key: resolve(folder, tls.key) },
              }),
        },
      },
      manifests: target.manifests.map(path => resolve(folder, path)),
      selectTags: target.select_tags ?? [],
      ignore: rules.flatMap(each => (each.targets?.includes(name) === false ? [] : [each.rule])),
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
    governance: governanceOf(config.governance, config.policies),
    sealing: recipientsOf(config.sealing),
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
