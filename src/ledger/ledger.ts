import * as z from 'zod'
import { type Entity, isSecretMark, refText } from '../model/entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import { hasMarks } from '../model/masking/secret-marks.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import type { ProblemCode } from '../model/problems/problem-code.ts'
import type { Kinds } from '../model/schema/kinds.ts'
import { type Base, type BaseEntry, noBase } from '../reconcile/drift/base.ts'

/** What was last applied to one entity, as the ledger keeps it. */
interface LedgerEntry {
  readonly fields: JsonObject
  readonly refs: Readonly<Record<string, { readonly kind: string; readonly key: string }>>
  readonly commit: string | null
}

/** Checked by hand: a ledger may hold 50,000 of them. Their values come from JSON and need no check of their own. */
const entries = z.custom<Record<string, LedgerEntry>>(
  value => isObject(value) && Object.values(value).every(isEntry),
)

function isEntry(value: Json): boolean {
  if (!isObject(value) || !isObject(value.fields) || !isObject(value.refs)) return false
  if (value.commit !== null && typeof value.commit !== 'string') return false
  for (const name in value.refs) {
    const ref = value.refs[name]
    if (!isObject(ref) || typeof ref.kind !== 'string' || typeof ref.key !== 'string') return false
  }
  return true
}

const ledgerSchema = z.object({
  version: z.literal(1),
  target: z.string(),
  /** Which key the marks of secrets were made with. */
  keyId: z.string(),
  whole: z.boolean(),
  lastSync: z.object({ at: z.string(), by: z.string(), done: z.number(), total: z.number() }).nullable(),
  entries,
})

/** What was last applied to one target, and by whom. Holds marks instead of secrets. */
export type Ledger = z.infer<typeof ledgerSchema>

/** A ledger of a target that nothing was applied to yet. */
export function emptyLedger(target: string, keyId: string): Ledger {
  return { version: 1, target, keyId, whole: false, lastSync: null, entries: {} }
}

/** A ledger that is parsed on demand: a comparison that finds no difference never does. */
export interface UnreadLedger {
  read(): Result<Ledger>
}

/** A ledger's text, not looked at yet; `where` names it in problems. */
export function unreadLedger(text: () => string, target: string, where: string, kinds: Kinds): UnreadLedger {
  let known: Result<Ledger> | undefined
  return {
    read() {
      known ??= parseLedger(text(), target, where, kinds)
      return known
    },
  }
}

/** A ledger that is there and can't be had. */
export function unreadableLedger(target: string, problems: readonly Problem[]): UnreadLedger {
  const [first] = problems
  return {
    read: () =>
      fail([
        {
          code: 'bad-ledger',
          target,
          message: `the ledger of what was last applied can’t be read: ${first?.message ?? 'it is damaged'}`,
          hint: `Causes of differences are unknown until the next sync writes it again. ${first?.hint ?? ''}`.trim(),
        },
      ]),
  }
}

const laterSchema = z.object({ version: z.number().gt(1) })

function parseLedger(text: string, target: string, where: string, kinds: Kinds): Result<Ledger> {
  try {
    const content: unknown = JSON.parse(text)
    const parsed = ledgerSchema.safeParse(content)
    if (parsed.success)
      return succeed({ ...parsed.data, entries: withPresentKinds(parsed.data.entries, kinds) })
    if (laterSchema.safeParse(content).success) {
      return fail([
        {
          code: laterLedger,
          target,
          message: `${where} was written by a later version of gatewatch`,
          hint: 'Use that version, or a later one.',
        },
      ])
    }
  } catch {
    // Reported below, together with a wrong shape.
  }
  return unreadableLedger(target, [{ code: 'bad-ledger', message: `${where} is damaged` }]).read()
}

const laterLedger: ProblemCode = 'later-ledger'

/** Why this version must not overwrite a ledger: a later version wrote it. Empty if it may. */
export function laterLedgerIn(ledger: UnreadLedger): readonly Problem[] {
  const read = ledger.read()
  return read.ok ? [] : read.error.filter(({ code }) => code === laterLedger)
}

/** Entries under the current names of kinds: a ledger may be older than they are. */
function withPresentKinds(entries: Ledger['entries'], kinds: Kinds): Ledger['entries'] {
  const found = Object.entries(entries)
  if (!found.some(([name, { refs }]) => isFormer(name, refs, kinds))) return entries
  return Object.fromEntries(
    found.map(([name, entry]) => {
      const refs = Object.entries(entry.refs).map(([field, ref]) => {
        return [field, { ...ref, kind: kinds.presentName(ref.kind) }] as const
      })
      return [kinds.withPresentName(name), { ...entry, refs: Object.fromEntries(refs) }] as const
    }),
  )
}

function isFormer(name: string, refs: LedgerEntry['refs'], kinds: Kinds): boolean {
  if (kinds.isFormerName(name.slice(0, name.indexOf(' ')))) return true
  for (const field in refs) if (kinds.isFormerName(refs[field]?.kind ?? '')) return true
  return false
}

/** A ledger's text: one entity per line, in order, so Git shows what a sync changed. */
export function ledgerText(ledger: Ledger): string {
  const { entries, ...head } = ledger
  const lines = Object.keys(entries)
    .sort()
    .map(name => `    ${JSON.stringify(name)}: ${JSON.stringify(entries[name])}`)
  const start = JSON.stringify(head, null, 2).slice(0, -2)
  return `${start},\n  "entries": {\n${lines.join(',\n')}\n  }\n}\n`
}

/**
 * The third side of a comparison, read on demand; empty if it can't be read. Marks made with another key can't be
 * compared, so those fields count as unknown.
 */
export function baseOf(unread: UnreadLedger, keyId: string): Base {
  let known: Base | undefined
  const base = (): Base => {
    known ??= readBase(unread, keyId)
    return known
  }
  return {
    get entries() {
      return base().entries
    },
    get whole() {
      return base().whole
    },
  }
}

function readBase(unread: UnreadLedger, keyId: string): Base {
  const ledger = unread.read()
  if (!ledger.ok) return noBase
  const { entries, whole } = usableWith(ledger.value, keyId)
  return { entries: new Map<string, BaseEntry>(Object.entries(entries)), whole }
}

/** The part of a ledger that a key can compare: what was marked with another key is left out. */
export function usableWith(ledger: Ledger, keyId: string): Ledger {
  if (ledger.keyId === keyId) return ledger
  const entries = Object.entries(ledger.entries).map(([name, item]) => [
    name,
    { ...item, fields: withoutMarks(item.fields) },
  ])
  return { ...ledger, keyId, entries: Object.fromEntries(entries) }
}

function withoutMarks(fields: JsonObject): JsonObject {
  const result: Record<string, Json> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (isSecretMark(value) || (isArray(value) && hasMarks(value))) continue
    result[name] = isObject(value) ? withoutMarks(value) : value
  }
  return result
}

/** The ledger after entities were applied (as they were wanted) and others removed. */
export function withApplied(
  ledger: Ledger,
  applied: readonly Entity[],
  removed: readonly { readonly kind: string; readonly key: string }[],
  commit: string | null,
): Ledger {
  const entries = { ...ledger.entries }
  for (const ref of removed) delete entries[refText(ref)]
  for (const entity of applied) {
    entries[refText(entity)] = { fields: { ...entity.fields }, refs: { ...entity.refs }, commit }
  }
  return { ...ledger, entries }
}
