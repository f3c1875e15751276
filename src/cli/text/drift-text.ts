import type { Json, JsonObject } from '../../model/json.ts'
import { differsHidden } from '../../model/masking/secret-marks.ts'
import { problemText } from '../../model/problem.ts'
import { groupFaults } from '../../model/problems/shared-faults.ts'
import { type CauseRole, causeWords } from '../../reconcile/drift/causes.ts'
import { type Change, countChanges, type Drift, type FieldDrift } from '../../reconcile/drift/drift.ts'
import { type Ignored, type IgnoreRule, ignoredLines } from '../../reconcile/drift/ignore-rules.ts'
import { operationSigns } from '../../reconcile/drift/operation.ts'
import { ageText, aligned, counted, hiddenJson, type Paint, plain, valueText } from './text-parts.ts'

const colours = { create: 'green', update: 'yellow', delete: 'red' } as const
const roleColours = {
  ahead: 'cyan',
  edited: 'yellow',
  conflict: 'magenta',
  halfDone: 'yellow',
  unknown: 'gray',
} as const satisfies Readonly<Record<CauseRole, string>>

/** The names of the two sides of a comparison. */
export interface Sides {
  readonly before: string
  readonly after: string
}

const gatewaySides: Sides = { before: 'live', after: 'git' }

/** Drift for people: entities, and below each the fields that differ. Between commits, `sides` names the two. */
export function driftText(drift: Drift, paint: Paint, now: Date, sides: Sides = gatewaySides): string {
  const lines: string[] = []
  const counts = countChanges(drift.changes)
  const head =
    drift.changes.length === 0
      ? drift.unknown.length + drift.blocked.length === 0
        ? sides === gatewaySides
          ? 'in sync'
          : 'no difference'
        : 'no difference in what could be compared'
      : `${counts.create} to create, ${counts.update} to update, ${counts.delete} to delete`
  lines.push(`${paint('bold', plain(drift.target))}  ${head}, ${drift.equal} equal`)
  for (const change of drift.changes) lines.push(...changeLines(change, paint, now, sides))
  // The reason is reported once, on standard error.
  for (const { entity } of drift.blocked)
    lines.push(`  ${paint('red', '!')} ${plain(`${entity.kind} ${entity.key}: left as it is`)}`)
  for (const { items } of groupFaults(drift.unknown, each => each.reason)) {
    const kinds = items.map(({ kind }) => kind).join(', ')
    lines.push(`  ${paint('magenta', '?')} ${plain(`${kinds}: not known`)}`)
  }
  for (const line of ignoredLines(drift.ignored)) lines.push(paint('gray', `  ignored: ${plain(line)}`))
  if (drift.notOurs.length > 0) {
    lines.push(
      paint('gray', `  ${counted(drift.notOurs.length, 'entity')} at the gateway not ours, never touched`),
    )
  }
  return `${lines.join('\n')}\n`
}

/** One change with its fields. */
export function changeLines(
  change: Change,
  paint: Paint,
  now: Date,
  sides: Sides = gatewaySides,
): readonly string[] {
  const title = `${operationSigns[change.operation]} ${plain(`${change.kind} ${change.name}`)}`
  const where = change.source ? `${plain(change.source.file)}:${change.source.line}` : ''
  const who = change.commit
    ? `${plain(`${change.commit.commit.slice(0, 7)} ${change.commit.author}`)} ${ageText(new Date(change.commit.at), now)} ago`
    : ''
  // Between commits there are no causes.
  const cause =
    sides === gatewaySides ? `  ${paint(roleColours[causeWords[change.cause].role], causeText(change))}` : ''
  const head = `  ${paint(colours[change.operation], title)}${cause}  ${paint('gray', [where, who].filter(Boolean).join('  '))}`
  const takes =
    change.cascades.length > 0 ? [`      also deletes ${counted(change.cascades.length, 'entity')}`] : []
  return [head.trimEnd(), ...fieldLines(change, paint, sides), ...takes]
}

function fieldLines(change: Change, paint: Paint, sides: Sides): readonly string[] {
  const rows = change.fields.map(field => {
    const path = `      ${plain(field.path)}`
    if (change.operation === 'create') return [path, valueText(field.git)]
    if (change.operation === 'delete') return [path, valueText(field.live)]
    if (differsHidden(field.git, field.live)) {
      return [path, `${valueText(field.git)} changed, hidden`, fieldCause(change, field, paint)]
    }
    const base = field.cause === 'conflict' ? `  was ${valueText(field.base)}` : ''
    const values = `${sides.before} ${paint('red', valueText(field.live))} → ${sides.after} ${paint('green', valueText(field.git))}${base}`
    return [path, values, fieldCause(change, field, paint)]
  })
  return aligned(rows)
}

/** Why an entity differs, in words. */
export function causeText({ cause, cutOff }: Change): string {
  return cause === 'cut off' && cutOff ? `by the sync cut off at ${plain(cutOff.at.slice(0, 19))}Z` : cause
}

/** Shown only if a field's cause differs from that of its entity. */
function fieldCause(change: Change, field: FieldDrift, paint: Paint): string {
  return field.cause === change.cause ? '' : paint(roleColours[causeWords[field.cause].role], field.cause)
}

/** Drift for programs. Secrets are shown as `••••`. */
export function driftJson(drift: Drift): Json {
  return {
    target: drift.target,
    summary: { ...countChanges(drift.changes) },
    changes: drift.changes.map(changeJson),
    unknown: drift.unknown.map(({ kind, reason }) => ({ kind, reason: problemText(reason) })),
    blocked: drift.blocked.map(({ entity, reason }) => ({
      kind: entity.kind,
      name: entity.key,
      reason: problemText(reason),
    })),
    notOurs: drift.notOurs.map(ref => ({ kind: ref.kind, name: ref.key })),
    ignored: drift.ignored.map(ignoredJson),
    ignoreRules: drift.ignoreRules.map(({ rule, state, entities }) => ({
      ...ruleJson(rule),
      state,
      entities,
    })),
    equal: drift.equal,
    ...(drift.causesUnknown ? { causesUnknown: problemText(drift.causesUnknown) } : {}),
  }
}

/** What a rule left out, for programs: never a value. */
export function ignoredJson({ operation, kind, name, fields, rule }: Ignored): Json {
  return { operation, kind, name, fields, rule: ruleJson(rule) }
}

function ruleJson({ kind, name, field, reason, expires, place }: IgnoreRule): JsonObject {
  return {
    kind,
    name,
    ...(field === undefined ? {} : { field }),
    reason,
    ...(expires === undefined ? {} : { expires }),
    source: { ...place },
  }
}

/** One change for programs. */
export function changeJson(change: Change): Json {
  return {
    operation: change.operation,
    kind: change.kind,
    name: change.name,
    cause: change.cause,
    fields: change.fields.map(field => ({
      path: field.path,
      git: hiddenJson(field.git),
      live: hiddenJson(field.live),
      ...(field.base === undefined ? {} : { base: hiddenJson(field.base) }),
      cause: field.cause,
    })),
    ...(change.source ? { source: { ...change.source } } : {}),
    ...(change.commit ? { commit: { ...change.commit } } : {}),
    ...(change.liveUpdatedAt === undefined ? {} : { liveUpdatedAt: change.liveUpdatedAt }),
    ...(change.cutOff ? { cutOff: { ...change.cutOff } } : {}),
  }
}
