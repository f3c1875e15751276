import { isObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import type { Schema } from '../schema/field.ts'
import { isUuid } from '../schema/limits/limits.ts'
import { asRead, filled, merged } from '../schema/validate/fill.ts'
import { entityViolations, fieldViolation } from '../schema/validate/validate.ts'
import { addEntityViolation, isEmpty } from '../schema/validate/violations.ts'
import { type Kind, kinds } from './kinds.ts'
import {
  danglingReference,
  done,
  failed,
  noSuchKey,
  noSuchValue,
  type Outcome,
  type Problem,
  primaryKeyViolation,
  schemaViolation,
  stillReferenced,
  uniqueViolation,
  unresolvedReferences,
  unsupported,
} from './problems.ts'
import { type Key, keyOnly, keyProblem, takeTtl } from './record-keys.ts'
import { apartViolation, beforeStoring, transformed, userOfAuthority } from './special-kinds.ts'
import { type Row, Table } from './table.ts'

type Write = 'insert' | 'update' | 'upsert'

const verbs: Readonly<Record<Write, string>> = {
  insert: 'create',
  update: 'update',
  upsert: 'create or update',
}
const checking = { full: true, updating: false }

/**
 * All entities of one gateway: creates, reads, changes and deletes them with the checks that Kong makes, in the
 * order in which it makes them. Entities handed out are shared: copy before changing.
 */
export class Database {
  readonly #tables = new Map<string, Table>()
  readonly isReadOnly: boolean

  /** With `isReadOnly` requests are checked and then refused: entities only come by `restore`. */
  constructor(library: SchemaLibrary, isReadOnly: boolean) {
    this.isReadOnly = isReadOnly
    for (const kind of kinds) {
      const schema = library.of(kind.name)
      if (schema !== undefined) this.#tables.set(kind.name, new Table(kind, schema))
    }
  }

  get tables(): readonly Table[] {
    return [...this.#tables.values()]
  }

  /** Changes whenever an entity does. */
  get version(): number {
    return this.tables.reduce((sum, table) => sum + table.version, 0)
  }

  /** The table of a kind; throws for a kind that the schemas do not know. */
  table(kind: string): Table {
    const table = this.#tables.get(kind)
    if (table === undefined) throw new Error(`no schema of ${kind}`)
    return table
  }

  /** The key that a text in a path stands for. */
  keyOf(kind: Kind, text: string): Key {
    if (isUuid(text)) return { field: 'id', value: text.toLowerCase() }
    return { field: kind.endpointKey ?? 'id', value: text }
  }

  /** The entity of a key, undefined if there is none. */
  select(kind: Kind, key: Key): Outcome<Row | undefined> {
    const table = this.table(kind.name)
    const problem = keyProblem(table.schema.byName.get(key.field), key)
    if (problem !== undefined) return failed(problem)
    return done(key.field === 'id' ? table.get(key.value) : table.find(key.field, key.value))
  }

  /** Creates an entity. */
  insert(kind: Kind, body: JsonObject): Outcome<Row> {
    const { schema } = this.table(kind.name)
    const ttl = takeTtl(kind, body)
    if ('problem' in ttl) return ttl
    const early = beforeStoring(this, kind, body, undefined)
    if (early !== undefined) return failed(early)
    const complete = filled(schema, body, 'insert')
    if ('violations' in complete) return failed(schemaViolation(complete.violations))
    const checked = this.#check(schema, kind, complete.entity, body, 'insert')
    if ('problem' in checked) return checked
    return this.#store(kind, transformed(kind, complete.entity, body), ttl.value, undefined, 'insert', 'id')
  }

  /** Changes fields of an entity. */
  update(kind: Kind, key: Key, body: JsonObject): Outcome<Row> {
    const table = this.table(kind.name)
    const invalid = key.field === 'id' ? undefined : keyProblem(table.schema.byName.get(key.field), key)
    if (invalid !== undefined) return failed(invalid)
    const ttl = takeTtl(kind, body)
    if ('problem' in ttl) return ttl
    const change = filled(table.schema, body, 'update')
    if ('violations' in change) return failed(schemaViolation(change.violations))
    const found = this.select(kind, key)
    if ('problem' in found) return found
    const row = found.value
    if (row === undefined) {
      const missing: JsonObject = { [key.field]: key.value }
      return failed(key.field === 'id' ? noSuchKey(missing) : noSuchValue(missing))
    }
    const early = beforeStoring(this, kind, body, row)
    if (early !== undefined) return failed(early)
    const entity = merged(table.schema, change.entity, row.entity)
    const checked = this.#check(table.schema, kind, entity, body, 'update', row)
    if ('problem' in checked) return checked
    // What an update leaves out inside of lists is completed when it is read.
    const read = filled(table.schema, entity, 'select')
    return this.#store(
      kind,
      transformed(kind, 'entity' in read ? read.entity : entity, body),
      ttl.value,
      row,
      'update',
      key.field,
    )
  }

  /** Puts an entity at a key: creates it or replaces the existing one. */
  upsert(kind: Kind, key: Key, body: JsonObject): Outcome<Row> {
    const table = this.table(kind.name)
    const invalid = keyProblem(table.schema.byName.get(key.field), key)
    if (invalid !== undefined) return failed(invalid)
    const ttl = takeTtl(kind, body)
    if ('problem' in ttl) return ttl
    const found = this.select(kind, key)
    if ('problem' in found) return found
    const early = beforeStoring(this, kind, body, found.value)
    if (early !== undefined) return failed(early)
    const complete = filled(table.schema, { ...body, [key.field]: key.value }, 'upsert')
    if ('violations' in complete) return failed(schemaViolation(complete.violations))
    const checked = this.#check(table.schema, kind, complete.entity, body, 'upsert')
    if ('problem' in checked) return checked
    return this.#store(
      kind,
      transformed(kind, complete.entity, body),
      ttl.value,
      found.value,
      'upsert',
      key.field,
    )
  }

  /** Deletes an entity and what is deleted with it. A missing entity isn't a problem. */
  delete(kind: Kind, key: Key): Outcome<undefined> {
    const found = this.select(kind, key)
    if ('problem' in found) return found
    const row = found.value
    if (row === undefined) return done(undefined)
    if (this.isReadOnly) return failed(unsupported('remove', kind.name, key.field))
    const user = kind.name === 'ca_certificates' ? userOfAuthority(this, row.id) : undefined
    if (user !== undefined) return failed(user)
    const gone: { readonly table: Table; readonly id: string }[] = []
    const problem = this.#collect(this.table(kind.name), row.id, gone)
    if (problem !== undefined) return failed(problem)
    for (const { table, id } of gone) table.remove(id)
    return done(undefined)
  }

  /** Stores a row as it is, without any check: what a saved state holds. */
  restore(kind: Kind, row: Row): void {
    const table = this.table(kind.name)
    table.put({ ...row, entity: asRead(table.schema, row.entity) })
  }

  /** Forgets everything. */
  clear(): void {
    for (const table of this.tables) for (const row of table.rows()) table.remove(row.id)
  }

  #collect(
    table: Table,
    id: string,
    gone: { readonly table: Table; readonly id: string }[],
  ): Problem | undefined {
    gone.push({ table, id })
    for (const child of this.tables) {
      for (const { field, kind, cascade } of child.references) {
        if (kind !== table.kind.name) continue
        for (const row of child.pointingTo(field, id)) {
          if (gone.some(other => other.table === child && other.id === row.id)) continue
          // A certificate takes its names with it.
          if (!cascade && child.kind.name !== 'snis') return stillReferenced(table.kind.name, child.kind.name)
          const problem = this.#collect(child, row.id, gone)
          if (problem !== undefined) return problem
        }
      }
    }
    return undefined
  }

  /** `given` is what was sent, `row` what an update changes. */
  #check(
    schema: Schema,
    kind: Kind,
    entity: JsonObject,
    given: JsonObject,
    write: Write,
    row?: Row,
  ): Outcome<undefined> {
    const unresolved = this.#resolve(schema, entity)
    if (unresolved !== undefined) return failed(unresolved)
    const updating = write === 'update'
    const how = { full: !updating, updating, ...(kind.ttl ? { besides: ['ttl'] } : {}) }
    const violations = entityViolations(schema, entity, how)
    const apart = apartViolation(kind, given, entity, row)
    if (apart !== undefined) addEntityViolation(violations, apart)
    return isEmpty(violations) ? done(undefined) : failed(schemaViolation(violations))
  }

  /** Replaces `{"name": "x"}` in foreign fields by the id of what it names. */
  #resolve(schema: Schema, entity: JsonObject): Problem | undefined {
    const unresolved = new Map<string, Map<string, readonly [Json, string]>>()
    for (const field of schema.fields) {
      const value = entity[field.name]
      const parent = field.reference === undefined ? undefined : this.#tables.get(field.reference)
      if (parent === undefined || !isObject(value) || isUuid(value.id)) continue
      const missed = new Map<string, readonly [Json, string]>()
      for (const unique of parent.schema.fields) {
        const named = value[unique.name]
        const usable = unique.unique || unique.name === parent.kind.endpointKey
        if (!usable || named === undefined || named === null) continue
        if (fieldViolation(unique, named, checking) !== undefined) continue
        const row = parent.find(unique.name, named)
        if (row !== undefined) {
          entity[field.name] = { id: row.id }
          missed.clear()
          break
        }
        missed.set(unique.name, [named, parent.kind.name])
      }
      if (missed.size > 0) unresolved.set(field.name, missed)
    }
    return unresolved.size > 0 ? unresolvedReferences(unresolved) : undefined
  }

  #store(
    kind: Kind,
    entity: JsonObject,
    ttl: number | undefined,
    before: Row | undefined,
    write: Write,
    by: string,
  ): Outcome<Row> {
    if (this.isReadOnly) return failed(unsupported(verbs[write], kind.name, by))
    const table = this.table(kind.name)
    const stored = jsonObject()
    for (const field of table.schema.fields) {
      const value = entity[field.name]
      if (!field.transient) stored[field.name] = keyOnly(field, value) ?? null
    }
    const id = before?.id ?? (typeof entity.id === 'string' ? entity.id.toLowerCase() : undefined)
    if (id === undefined) return failed(primaryKeyViolation({ id: null }))
    stored.id = id
    if (kind.notNull.some(column => stored[column] === null)) return failed(primaryKeyViolation({ id }))
    if (before === undefined && table.get(id) !== undefined) return failed(primaryKeyViolation({ id }))
    const conflict = table.conflict(stored, id)
    if (conflict !== undefined) {
      return failed(uniqueViolation(Object.fromEntries(conflict.map(name => [name, stored[name] ?? null]))))
    }
    for (const { field, kind: parent } of table.references) {
      const key = stored[field]
      if (
        isObject(key) &&
        typeof key.id === 'string' &&
        this.#tables.get(parent)?.get(key.id) === undefined
      ) {
        return failed(danglingReference(field, key, parent))
      }
    }
    const expires = ttl === undefined ? before?.expires : ttl === 0 ? undefined : Date.now() + ttl * 1000
    const row: Row = { id, entity: asRead(table.schema, stored), expires }
    table.put(row)
    return done(row)
  }
}
