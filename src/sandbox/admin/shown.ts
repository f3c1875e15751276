import { isObject, type Json, type JsonObject, valueAt } from '../json.ts'
import type { Schema } from '../schema/field.ts'
import { schemaFor } from '../schema/validate/variant-of.ts'
import { namesOf } from '../store/certificate-names.ts'
import type { Database } from '../store/database.ts'
import type { Row, Table } from '../store/table.ts'

/** A record with the older names of its fields in addition to the new ones. */
function withOldNames(schema: Schema, record: JsonObject): JsonObject {
  let shown = record
  const change = (name: string, value: Json) => {
    if (shown === record) shown = { ...record }
    shown[name] = value
  }
  for (const field of schema.fields) {
    const inner = record[field.name]
    if (field.record === undefined || !isObject(inner)) continue
    const innerShown = withOldNames(field.record, inner)
    if (innerShown !== inner) change(field.name, innerShown)
  }
  for (const { name, replacedWith } of schema.shorthands) {
    if (replacedWith !== undefined) change(name, valueAt(record, replacedWith) ?? null)
  }
  return shown
}

/** An entity as the Admin API shows it. */
export function shownEntity(database: Database, table: Table, row: Row): JsonObject {
  const schema = schemaFor(table.schema, row.entity) ?? table.schema
  const shown = withOldNames(schema, row.entity)
  if (table.kind.ttl && (row.expires !== undefined || !database.isReadOnly)) {
    const left =
      row.expires === undefined ? null : Math.max(0, Math.floor((row.expires - Date.now() - 1) / 1000))
    return { ...shown, ttl: left }
  }
  return table.kind.name === 'certificates' ? { ...shown, snis: namesOf(database, row.id) } : shown
}

const texts = new WeakMap<Row, string>()

/** The same as JSON text; cached with the row if it depends on nothing but the row. */
export function shownText(database: Database, table: Table, row: Row): string {
  if (table.kind.ttl || table.kind.name === 'certificates')
    return JSON.stringify(shownEntity(database, table, row))
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = JSON.stringify(shownEntity(database, table, row))
  texts.set(row, text)
  return text
}
