import { isSecretMark } from '../../model/entity.ts'
import { differsHidden } from '../../model/masking/secret-marks.ts'
import { toldOnce } from '../../model/problems/shared-faults.ts'
import { markdownCode, markdownText } from '../../model/safe-markup.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import {
  type Change,
  countChanges,
  type Drift,
  type FieldDrift,
  reservations,
} from '../../reconcile/drift/drift.ts'
import type { Operation } from '../../reconcile/drift/operation.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { unknownLines } from '../../reconcile/plan/unknown-kinds.ts'
import type { PlanMeaning } from '../../workflows/meaning/plan-view.ts'
import { takingBack } from '../../workflows/project/sealing.ts'
import { openingLines } from '../../workflows/syncing/opening.ts'
import { causeText } from './drift-text.ts'
import { counted, valueText } from './text-parts.ts'

/*
 * Differences as Markdown, for the comment on a pull request: a heading and a table for each target. Nothing in the
 * data is interpreted as Markdown or HTML.
 */

/** The names of the two sides and of the operations. */
interface Words {
  readonly before: string
  readonly after: string
  readonly verbs: Readonly<Record<Operation, string>>
  /** Whether there are causes. */
  readonly causes: boolean
}

const commits: Words = {
  before: 'Before',
  after: 'After',
  verbs: { create: 'added', update: 'changed', delete: 'removed' },
  causes: false,
}
const live: Words = {
  before: 'Live',
  after: 'Git',
  verbs: { create: 'to create', update: 'to update', delete: 'to delete' },
  causes: true,
}

/** What differs between two commits. */
export function commitsMarkdown(drifts: readonly Drift[], base: string, head: string): string {
  return joined(
    drifts.map(drift => {
      const from = `from ${markdownCode(base)} to ${markdownCode(head)}`
      return driftLines(drift, commits, `No change ${from}.`, `F${from.slice(1)}`)
    }),
  )
}

/** What differs between manifests and gateways. */
export function driftMarkdown(drifts: readonly Drift[]): string {
  return joined(
    drifts.map(drift => [
      ...driftLines(drift, live, 'In sync: nothing differs.', 'To bring the gateway to what Git says'),
      ...noteLines(toldOnce(reservations(drift)).map(({ message }) => message)),
    ]),
  )
}

/** What a plan will do, and its effect. */
export function planMarkdown(plan: Plan, meaning: PlanMeaning | null, kinds: Kinds): string {
  const heading = `### ${markdownText(plan.target)}`
  if (plan.steps.length === 0) return joined([[heading, '', 'Nothing to do.']])
  const { create, update, delete: remove } = countChanges(plan.changes)
  const n = counted(plan.steps.length, 'request')
  const lines = [
    heading,
    '',
    `${n} to ${markdownCode(plan.address)}: ${create} to create, ${update} to update, ${remove} to delete. Plan ${markdownCode(plan.id.slice(0, 8))}.`,
  ]
  const weaker = (text: string, isWeaker: boolean): string =>
    isWeaker ? `**${markdownText(text)}**` : markdownText(text)
  const means = [
    ...openingLines(plan).map(markdownText),
    ...unknownLines(plan, kinds).map(line => `**${markdownText(line)}**`),
    ...(meaning && meaning.unknown !== null
      ? [`posture and traffic are unknown: ${markdownText(meaning.unknown)}`]
      : []),
    ...(meaning?.posture ?? []).map(line => weaker(line.text, line.weaker)),
    ...(meaning?.traffic ?? []).map(line => weaker(line.text, line.worse)),
  ]
  if (means.length > 0) lines.push('', ...means.map(line => `- ${line}`))
  lines.push(...tableLines(plan.changes, live))
  return joined([
    [
      ...lines,
      ...noteLines([
        ...plan.leftOut.map(({ change }) => `left out: ${change.operation} ${change.kind} ${change.name}`),
        ...(plan.kept ?? []).map(({ reason }) => `stays: ${reason}`),
        ...plan.steps.flatMap(step => {
          const taking = takingBack(step, meaning?.sealedTo)
          return taking ? [`${step.id}: ${taking.text}`] : []
        }),
        ...plan.cascades.map(ref => `the gateway also deletes: ${ref.kind} ${ref.key}`),
      ]),
    ],
  ])
}

function joined(targets: readonly (readonly string[])[]): string {
  return `${targets.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function driftLines(drift: Drift, words: Words, nothing: string, from: string): readonly string[] {
  const heading = [`### ${markdownText(drift.target)}`, '']
  if (drift.changes.length === 0)
    return [
      ...heading,
      reservations(drift).length === 0 ? nothing : 'Nothing differs in what could be compared.',
    ]
  const { create, update, delete: remove } = countChanges(drift.changes)
  const { verbs } = words
  const counts = `${create} ${verbs.create}, ${update} ${verbs.update}, ${remove} ${verbs.delete}`
  return [
    ...heading,
    `${from}: ${counts}; ${counted(drift.equal, 'entity')} the same.`,
    ...tableLines(drift.changes, words),
  ]
}

function tableLines(changes: readonly Change[], words: Words): readonly string[] {
  const { before, after, causes } = words
  const heads = ['', 'Entity', 'Field', before, after, ...(causes ? ['Cause'] : []), 'Where']
  return [
    '',
    `|${heads.map(head => (head === '' ? ' ' : ` ${head} `)).join('|')}|`,
    `|${'---|'.repeat(heads.length)}`,
    ...changes.flatMap(change => rows(change, words)),
  ]
}

function noteLines(notes: readonly string[]): readonly string[] {
  return notes.length === 0 ? [] : ['', ...notes.map(note => `- ${markdownText(note)}`)]
}

function rows(change: Change, { verbs, causes }: Words): readonly string[] {
  const where = change.source ? markdownCode(`${change.source.file}:${change.source.line}`) : ''
  const entity = `${markdownText(change.kind)} ${markdownCode(change.name)}`
  const fields = change.fields.length > 0 ? change.fields : [undefined]
  return fields.map((field, i) => {
    const isFirst = i === 0
    const own = field === undefined || field.cause === change.cause ? '' : markdownText(field.cause)
    const cause = isFirst ? markdownText(causeText(change)) + (own === '' ? '' : `; ${own}`) : own
    const cells = [
      isFirst ? verbs[change.operation] : '',
      isFirst ? entity : '',
      ...(field ? [markdownCode(field.path), ...values(change, field)] : ['', '', '']),
      ...(causes ? [cause] : []),
      isFirst ? where : '',
    ]
    return `| ${cells.join(' | ')} |`
  })
}

function values(change: Change, field: FieldDrift): readonly [string, string] {
  if (differsHidden(field.live, field.git))
    return [isSecretMark(field.live) ? 'hidden' : markdownCode(valueText(field.live)), 'changed, hidden']
  return [
    change.operation === 'create' ? '' : markdownCode(valueText(field.live)),
    change.operation === 'delete' ? '' : markdownCode(valueText(field.git)),
  ]
}
