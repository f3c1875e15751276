// Makes fixtures/kong-3.9.1/ from recordings of a real gateway: what the sandbox has to know on a bare clone.
// Usage: node scripts/run.mjs scripts/kong-facts.mjs [FOLDER OF THE RECORDINGS]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { namedType } from '../src/sandbox/schema/compile/named-types.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = process.argv[2] ?? join(root, '..', 'shared', 'golden', 'kong-3.9.1')
const target = join(root, 'fixtures', 'kong-3.9.1')

const read = file => JSON.parse(readFileSync(file, 'utf8'))

/** Copies a schema without its prose; a type that checks by a function leaves its name. */
function withoutProse(value) {
  if (Array.isArray(value)) return value.map(withoutProse)
  if (typeof value !== 'object' || value === null) return value
  const copy = {}
  for (const [name, part] of Object.entries(value)) {
    if (name !== 'description' || typeof part !== 'string') copy[name] = withoutProse(part)
    else if (namedType(part) !== undefined) copy.named_type = namedType(part)
  }
  return copy
}

function schemasIn(folder) {
  const schemas = {}
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.json')) schemas[basename(file, '.json')] = withoutProse(read(join(folder, file)))
  }
  return schemas
}

/** One line for each entry: small, and a change shows in a diff. */
function write(name, entries) {
  const lines = Object.entries(entries).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  writeFileSync(join(target, name), `{\n${lines.join(',\n')}\n}\n`)
}

const recorded = read(join(source, 'root.json'))
const about = recorded['GET /']
mkdirSync(target, { recursive: true })
write('entities.json', schemasIn(join(source, 'schemas')))
write('plugins.json', schemasIn(join(source, 'schemas', 'plugins')))
write('gateway.json', {
  version: about.version,
  edition: about.edition,
  tagline: about.tagline,
  router_flavor: about.configuration.router_flavor,
  plugins: about.plugins.available_on_server,
  loaded_plugins: Object.keys(about.configuration.loaded_plugins),
  endpoints: recorded['GET /endpoints'].data,
})
