import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { JsonObject } from '../model/json.ts'
import { fail, type Result, succeed } from '../model/problem.ts'
import type { Provider, Providers } from '../providers/provider.ts'
import { type FileSort, readBySchema, type YamlDocument } from '../yaml/index.ts'
import { type Config, configJsonSchema, configSchema } from './config-schema.ts'
import type { Fleet, FleetTarget } from './fleet.ts'
import { governanceOf } from './governance-schema.ts'
import { recipientsOf } from './sealing-schema.ts'

/** The names that the file may have. */
const fileNames = ['gatewatch.yaml', 'gatewatch.yml']

/** Reads `gatewatch.yaml`; each problem has its place in the file. */
export async function readFleet(path: string, providers: Providers): Promise<Result<Fleet>> {
  const file = resolve(path)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'it does not exist'
        : String(error)
    const hint = 'Name another with --config, or let gatewatch init write one.'
    return fail([{ code: 'config-unreadable', message: `${path} can't be read: ${reason}`, hint }])
  }
  return fleetFrom(text, file, providers, path)
}

/** The fleet that a text describes; `shown` is what the file is called in problems. */
export function fleetFrom(text: string, file: string, providers: Providers, shown = file): Result<Fleet> {
  const read = readBySchema({ path: shown, text }, fleetFile(providers))
  if (!read.ok) return read
  const { content, document, root } = read.value
  return succeed(fleetOf(content, file, document, root, providers))
}

const fleetFile = (providers: Providers): FileSort<Config> => ({
  code: 'config',
  schema: configSchema(providers),
  jsonSchema: () => configJsonSchema(providers),
  otherwise: {
    message: 'the file does not describe a fleet',
    hint: 'Let gatewatch init write one, and see docs/configuration.md.',
  },
})

function fleetOf(
  config: Config,
  file: string,
  document: YamlDocument,
  root: JsonObject,
  providers: Providers,
): Fleet {
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
    const [provider, given] = gatewayOf(target, providers)
    return {
      name,
      environment: target.environment,
      provider,
      gateway: provider.config.read(given, folder),
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

/** The provider of a target, and what its key says; the schema has seen to it that there is one. */
function gatewayOf(target: object, { all, usual }: Providers): readonly [Provider, unknown] {
  const given = new Map<string, unknown>(Object.entries(target))
  const provider = all.find(({ name }) => given.has(name)) ?? usual
  return [provider, given.get(provider.name)]
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
