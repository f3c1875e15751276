import { isSecretMark } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'
import {
  type Change,
  countChanges,
  type Drift,
  type FieldDrift,
  type Operation,
} from '../../reconcile/drift.ts'
import { counted, hiddenJson, plain, valueText } from './words.ts'

/** What differs between two commits, for programs. Secrets stand as `••••`. */
export function commitsJson(drift: Drift): Json {
  return {
    target: drift.target,
    summary: { ...countChanges(drift.changes) },
    changes: drift.changes.map(change => ({
      operation: change.operation,
      kind: change.kind,
      name: change.name,
      fields: change.fields.map(field => ({
        path: field.path,
        base: hiddenJson(field.live),
        head: hiddenJson(field.git),
      })),
      ...(change.source ? { source: { ...change.source } } : {}),
      ...(change.commit ? { commit: { ...change.commit } } : {}),
    })),
    equal: drift.equal,
  }
}

const verbs: Readonly<Record<Operation, string>> = { create: 'added', update: 'changed', delete: 'removed' }

/** The same as Markdown, for the comment of a pull request: a heading and a table for each target. */
export function commitsMarkdown(drifts: readonly Drift[], base: string, head: string): string {
  return `${drifts.map(drift => targetMarkdown(drift, base, head)).join('\n\n')}\n`
}

function targetMarkdown(drift: Drift, base: string, head: string): string {
  const { create, update, delete: remove } = countChanges(drift.changes)
  const lines = [`### ${cell(drift.target)}`, '']
  if (drift.changes.length === 0) {
    lines.push(`No change from ${code(base)} to ${code(head)}.`)
    return lines.join('\n')
  }
  lines.push(
    `From ${code(base)} to ${code(head)}: ${create} added, ${update} changed, ${remove} removed; ${counted(drift.equal, 'entity')} the same.`,
    '',
    '| | Entity | Field | Before | After | Where |',
    '|---|---|---|---|---|---|',
  )
  for (const change of drift.changes) lines.push(...rows(change))
  return lines.join('\n')
}

function rows(change: Change): readonly string[] {
  const where = change.source ? code(`${change.source.file}:${change.source.line}`) : ''
  const entity = `${change.kind} ${code(change.name)}`
  const fields = change.fields.length > 0 ? change.fields : [undefined]
  return fields.map((field, i) => {
    const cells = field ? [code(field.path), ...values(change, field)] : ['', '', '']
    return `| ${[i === 0 ? verbs[change.operation] : '', i === 0 ? entity : '', ...cells, i === 0 ? where : ''].join(' | ')} |`
  })
}

function values(change: Change, field: FieldDrift): readonly [string, string] {
  if (isSecretMark(field.live ?? null) && isSecretMark(field.git ?? null))
    return ['hidden', 'changed, hidden']
  return [
    change.operation === 'create' ? '' : code(valueText(field.live)),
    change.operation === 'delete' ? '' : code(valueText(field.git)),
  ]
}

/** Text in a table's cell that is to stand as it is: neither Markdown nor HTML. */
function cell(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]()#+!|<>~@]/g, character => `&#${character.charCodeAt(0)};`)
}

function code(text: string): string {
  return `<code>${cell(text)}</code>`
}
