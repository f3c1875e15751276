import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { DesignFields, DesignReader } from '../reader.ts'
import { escapePointer, type Target } from '../reading/references.ts'

/**
 * Finds schemas among the components that require themselves: an object that must contain an object (or a list) of its
 * own kind, and so on without end. Each is a problem that names the circle.
 */
export function checkCycles(reader: DesignReader, components: DesignFields): void {
  const done = new Set<string>()
  const schemas = reader.fieldsIn(components, 'schemas', '"schemas"')
  for (const field of schemas.values()) {
    const pointer = `/components/schemas/${escapePointer(field.key)}`
    const start = { value: field.value, uri: reader.spec.uri, pointer }
    const cycle = findCycle(reader, start, done)
    if (cycle === undefined) continue
    const names = cycle.map(target => target.pointer.split('/').at(-1) ?? '')
    const hint = 'Make one of them optional, or pass --ignore-circular-refs.'
    reader.problem(
      `Schemas require each other without end: ${names.join(' -> ')}`,
      placeOf(reader, cycle[0], field.key, schemas),
      hint,
    )
    return
  }
}

/** A way from a schema back to itself over what schemas require. */
function findCycle(reader: DesignReader, start: Target, done: Set<string>): readonly Target[] | undefined {
  // A path of the depth-first search, each step with what is still to be looked at.
  const path: { target: Target; rest: readonly Target[] }[] = [
    { target: start, rest: required(reader, start.value) },
  ]
  const onPath = new Set([keyOf(start)])
  while (path.length > 0) {
    const step = path.at(-1)
    const [next, ...rest] = step?.rest ?? []
    if (step === undefined || next === undefined) {
      const left = path.pop()
      if (left) {
        onPath.delete(keyOf(left.target))
        done.add(keyOf(left.target))
      }
      continue
    }
    step.rest = rest
    const key = keyOf(next)
    if (onPath.has(key)) {
      const from = path.findIndex(({ target }) => keyOf(target) === key)
      return [...path.slice(from).map(({ target }) => target), next]
    }
    if (done.has(key)) continue
    onPath.add(key)
    path.push({ target: next, rest: required(reader, next.value) })
  }
  return undefined
}

/** The schemas without which no value of a schema can be: what it is, or has as a required property or list. */
function required(reader: DesignReader, schema: Json): readonly Target[] {
  if (!isObject(schema)) return []
  if ('$ref' in schema) return targetOf(reader, schema)
  const { properties, required: names } = schema
  if (!isObject(properties) || !isArray(names)) return []
  return names.flatMap(name => {
    const property =
      typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined
    if (!isObject(property)) return []
    if ('$ref' in property) return targetOf(reader, property)
    const { items } = property
    return isObject(items) && '$ref' in items ? targetOf(reader, items) : []
  })
}

function targetOf(reader: DesignReader, holder: JsonObject): readonly Target[] {
  const target = reader.references.resolve(holder)
  return target.ok ? [target.value] : []
}

function keyOf(target: Target): string {
  return `${target.uri}#${target.pointer}`
}

function placeOf(
  reader: DesignReader,
  target: Target | undefined,
  key: string,
  schemas: DesignFields,
): Place | undefined {
  const value = target?.value
  return (
    (isObject(value) ? reader.spec.positions.start(value) : undefined) ?? reader.placeOf(schemas.get(key))
  )
}
