import { createHash } from 'node:crypto'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import { kinds } from '../../kinds/index.ts'
import { lists } from '../deck-format.ts'

/** The lists whose entities get a file each; all others are few and share one file a list. */
const ownFiles: ReadonlySet<string> = new Set(
  kinds.all.flatMap(({ identity, manifest }) => (manifest?.ownFiles ? [identity.plural] : [])),
)

/**
 * A manifest in many files, by path: one for each service, consumer and the like with all that is nested in it, one for
 * each other list, and `_info.yaml` for what the file says of itself. An entity's file keeps its name as long as the
 * entity does. Read together they are the manifest again.
 */
export function splitManifest(manifest: JsonObject): ReadonlyMap<string, JsonObject> {
  const files = new Map<string, JsonObject>()
  const version = { _format_version: manifest._format_version ?? '3.0' }
  const settings: Record<string, Json> = { ...version }
  for (const [key, value] of Object.entries(manifest)) {
    const shape = Object.hasOwn(lists, key) ? lists[key] : undefined
    if (!shape || !isArray(value)) settings[key] = value
    else if (!ownFiles.has(key)) files.set(`${key}.yaml`, { ...version, [key]: value })
    else {
      for (const item of value) {
        const known = [...(shape.known ?? []), 'id']
        const name = isObject(item) ? known.map(field => asString(item[field])).find(Boolean) : undefined
        const wanted = `${key}/${fileName(name ?? 'unnamed')}`
        // Of two that are named alike, as by username and by custom_id, the second has its content in its name.
        const path = files.has(`${wanted}.yaml`) ? `${wanted}-${digest(JSON.stringify(item))}` : wanted
        files.set(`${path}.yaml`, { ...version, [key]: [item] })
      }
    }
  }
  files.set('_info.yaml', settings)
  return files
}

/** Names that Windows keeps for devices. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/**
 * A name that any file system takes, and that no other name becomes: what is not in small letters, digits, dots, dashes
 * and underscores is left out, and then a digest of the name tells it from others.
 */
function fileName(name: string): string {
  const plain = /^[a-z0-9][a-z0-9._-]{0,79}$/.test(name) && !devices.test(name) && !name.endsWith('.')
  if (plain) return name
  const legible = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 60)
  return `${legible}${legible === '' ? '' : '-'}${digest(name)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
