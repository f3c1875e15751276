import { isObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import type { Field, Schema } from '../schema/field.ts'
import { schemaFor } from '../schema/validate/variant-of.ts'
import type { Arguments } from './exchange.ts'

/** `a.b[c][1]` as steps; an empty step adds to a list. */
function stepsOf(name: string): string[] {
  const steps: string[] = []
  for (const part of name.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) steps.push(part[1] ?? part[2] ?? '')
  return steps.length === 0 ? [name] : steps
}

const isPosition = (step: string) => step === '' || /^\d+$/.test(step)

type Container = Json[] | JsonObject

function get(container: Container, step: string): Json | undefined {
  return Array.isArray(container) ? container[Number(step) - 1] : container[step]
}

function set(container: Container, step: string, value: Json): void {
  if (!Array.isArray(container)) container[step] = value
  else if (step === '') container.push(value)
  else container[Math.min(Number(step) - 1, container.length)] = value
}

function place(root: JsonObject, name: string, value: Json): void {
  const steps = stepsOf(name)
  let here: Container = root
  steps.forEach((step, i) => {
    const next = steps[i + 1]
    if (next === undefined) {
      if (Array.isArray(value) && step === '' && Array.isArray(here)) here.push(...value)
      else set(here, step, value)
      return
    }
    const there = get(here, step)
    const inner: Container =
      Array.isArray(there) || isObject(there) ? there : isPosition(next) ? [] : jsonObject()
    if (inner !== there) set(here, step, inner)
    here = inner
  })
}

function inferred(value: Json, field: Field | undefined): Json {
  if (field === undefined) return value
  if (value === '') return null
  switch (field.type) {
    case 'integer':
    case 'number':
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
        ? Number(value)
        : value
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value
    case 'array':
    case 'set':
      return (Array.isArray(value) ? value : [value]).map(part => inferred(part, field.elements))
    case 'map':
      return isObject(value) ? mapped(value, () => field.values) : value
    case 'record':
      return isObject(value) ? mapped(value, name => field.record && fieldNamed(field.record, name)) : value
    default:
      return value
  }
}

const fieldNamed = (schema: Schema, name: string): Field | undefined =>
  schema.byName.get(name) ?? schema.shorthands.find(shorthand => shorthand.name === name)?.field

function mapped(value: JsonObject, fieldOf: (name: string) => Field | undefined): JsonObject {
  const result = jsonObject()
  for (const [name, part] of Object.entries(value)) result[name] = inferred(part, fieldOf(name))
  return result
}

/** A form converted to a JSON body: names with `.` and `[]` nest, values get the types of the schema. */
export function formBody(args: Arguments, schema: Schema | undefined): JsonObject {
  const body = jsonObject()
  for (const [name, value] of args) place(body, name, typeof value === 'string' ? value : [...value])
  if (schema === undefined) return body
  const own = schemaFor(schema, body) ?? schema
  const typed = mapped(body, name => fieldNamed(own, name))
  if (typed.ttl !== undefined && Number.isFinite(Number(typed.ttl))) typed.ttl = Number(typed.ttl)
  return typed
}

/** The fields of a `multipart/form-data` body. */
export function multipartArguments(body: Buffer, contentType: string): Arguments {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  const found = new Map<string, string | readonly string[]>()
  if (boundary === undefined) return found
  for (const part of body.toString('utf8').split(`--${boundary}`).slice(1)) {
    const split = part.indexOf('\r\n\r\n')
    const name = /name="([^"]*)"/i.exec(part.slice(0, Math.max(split, 0)))?.[1]
    if (name === undefined) continue
    const value = part.slice(split + 4).replace(/\r\n$/, '')
    const before = found.get(name)
    found.set(
      name,
      before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value],
    )
  }
  return found
}
