import { type Json, stringsOf } from '../json.ts'
import type { Database } from './database.ts'
import { kindNamed } from './kinds.ts'
import type { Problem } from './problems.ts'

/** The names of a certificate, in order. */
export function namesOf(database: Database, certificateId: string): string[] {
  const rows = database.table('snis').pointingTo('certificate', certificateId)
  return rows.map(row => String(row.entity.name)).sort()
}

/** Gives a certificate exactly these names. */
export function setNames(
  database: Database,
  certificateId: string,
  names: Json | undefined,
): Problem | undefined {
  if (names === undefined) return undefined
  const kind = kindNamed('snis')
  if (kind === undefined) return undefined
  const wanted = stringsOf(names).sort()
  const there = namesOf(database, certificateId)
  for (const name of wanted) {
    if (there.includes(name)) continue
    const made = database.insert(kind, { name, certificate: { id: certificateId } })
    if ('problem' in made) return made.problem
  }
  for (const name of there) if (!wanted.includes(name)) database.delete(kind, { field: 'name', value: name })
  return undefined
}
