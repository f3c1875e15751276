import { isSecretMark } from '../../../../model/entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'

/*
 * Which bodies a gateway must judge alike. A manifest of thousands of entities holds few shapes: what differs is names,
 * ids, secrets, plain paths and hosts, and values of these plain forms pass every check that Kong's schemas make.
 */

const plainName = /^[A-Za-z0-9][A-Za-z0-9._~-]*$/
const plainPath = /^(\/[A-Za-z0-9._~-]+)+$/
const plainHost = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const plainForms: Readonly<Record<string, RegExp>> = {
  id: uuid,
  username: plainName,
  custom_id: plainName,
  instance_name: plainName,
  paths: plainPath,
  path: plainPath,
  hosts: plainHost,
  host: plainHost,
}

/** One text for all bodies of a schema that are judged alike; different texts may still be judged the same. */
export function shapeOf(schema: string, body: JsonObject): string {
  const shape: Record<string, Json> = {}
  for (const [field, value] of Object.entries(body)) {
    // A plugin's name decides its whole schema.
    const form =
      field === 'name' && schema !== 'plugins' && schema !== 'vaults' ? plainName : plainForms[field]
    shape[field] = isReference(value) ? { id: '' } : form ? withoutPlain(value, form) : withoutSecrets(value)
  }
  return `${schema} ${JSON.stringify(shape)}`
}

function isReference(value: Json): boolean {
  return isObject(value) && typeof value.id === 'string' && Object.keys(value).length === 1
}

function withoutPlain(value: Json, form: RegExp): Json {
  if (typeof value === 'string') return form.test(value) ? '' : value
  // How many there are is part of the shape; that they differ from each other is not.
  return isArray(value) ? value.map(item => withoutPlain(item, form)) : value
}

function withoutSecrets(value: Json): Json {
  // What is masked for another reason than its schema is a value like any other.
  if (isSecretMark(value)) return value.$why === undefined ? { $secret: '' } : value
  if (isArray(value)) return value.map(withoutSecrets)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item)]))
}
