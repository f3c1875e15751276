import type { Json, JsonObject } from '../../model/json.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { countChanges } from '../../reconcile/drift/drift.ts'
import { ignoredLines } from '../../reconcile/drift/ignore-rules.ts'
import type { LeftOut, Plan, PlanStep } from '../../reconcile/plan/plan.ts'
import { unknownLines } from '../../reconcile/plan/unknown-kinds.ts'
import { countKinds } from '../../workflows/meaning/plan-meaning.ts'
import type { PlanMeaning } from '../../workflows/meaning/plan-view.ts'
import { lostCount, type SealedTo, type TakingBack, takingBack } from '../../workflows/project/sealing.ts'
import { type HalfWay, halfWayLines, openingLines, openingOf } from '../../workflows/syncing/opening.ts'
import type { SyncResult } from '../../workflows/syncing/sync-events.ts'
import { changeJson, changeLines, ignoredJson, type Sides } from './drift-text.ts'
import { findingJson } from './findings-text.ts'
import { planFindingLines } from './plan-findings.ts'
import { counted, type Paint, plain } from './text-parts.ts'

/** The maximum number of traffic lines in a plan, the worst first. */
const mostTraffic = 20

/** A plan for people: its effect, its changes, and exactly what is sent. */
export function planText(
  plan: Plan,
  meaning: PlanMeaning | null,
  kinds: Kinds,
  paint: Paint,
  now: Date,
): string {
  const counts = countChanges(plan.changes)
  const from =
    plan.undoes !== undefined
      ? `taking back the sync ${plain(plan.undoes.slice(0, 8))}`
      : `from ${plan.manifest.commit ? `commit ${plain(plan.manifest.commit.slice(0, 7))}` : 'the work tree'}`
  const lines = [
    `${paint('bold', `plan ${plain(plan.id.slice(0, 8))}`)} for ${paint('bold', plain(plan.target))} (${plain(plan.address)}), ${from}, against live of ${plain(plan.readAt)}`,
  ]
  if (plan.steps.length === 0) lines.push('nothing to do')
  else {
    lines.push(
      `${counts.create} to create, ${counts.update} to update, ${counts.delete} to delete: ${counted(plan.steps.length, 'request')}`,
    )
  }
  for (const line of openingLines(plan)) lines.push(`  order    ${plain(line)}`)
  for (const line of unknownLines(plan, kinds)) lines.push(`  unknown  ${paint('red', plain(line))}`)
  if (meaning && meaning.unknown !== null)
    lines.push(`  posture  ${paint('magenta', `? unknown, and so is traffic: ${plain(meaning.unknown)}`)}`)
  for (const line of meaning?.posture ?? [])
    lines.push(`  posture  ${paint(line.weaker ? 'red' : 'green', plain(line.text))}`)
  const traffic = meaning?.traffic ?? []
  for (const line of traffic.slice(0, mostTraffic))
    lines.push(`  traffic  ${paint(line.worse ? 'red' : 'green', plain(line.text))}`)
  if (traffic.length > mostTraffic) {
    lines.push(
      `  traffic  and ${counted(traffic.length - mostTraffic, 'line')} more: gatewatch traffic shows all`,
    )
  }
  lines.push(...planFindingLines(meaning?.findings ?? null, paint))
  const lost = lostCount(plan, meaning?.sealedTo)
  if (lost > 0) {
    const of = counted(plan.steps.length, 'request')
    lines.push(`  undo     ${paint('red', `${lost} of ${of} can’t be taken back, for the reasons below`)}`)
  }
  for (const { reason } of plan.kept ?? []) lines.push(`  stays    ${paint('yellow', plain(reason))}`)
  // Line by line: a call accepts a limited number of arguments, and a plan may hold 100,000 changes.
  if (plan.changes.length > 0) lines.push('')
  for (const change of plan.changes) lines.push(...changeLines(change, paint, now, sidesOf(plan)))
  if (plan.cascades.length > 0) {
    lines.push('', paint('red', `  the gateway also deletes: ${plain(countKinds(plan.cascades))}`))
    for (const ref of plan.cascades) lines.push(`    - ${plain(`${ref.kind} ${ref.key}`)}`)
  }
  if (plan.leftOut.length > 0) lines.push('')
  for (const out of plan.leftOut) lines.push(paint('gray', `  left out: ${leftOutText(out)}`))
  for (const line of ignoredLines(plan.ignored)) lines.push(paint('gray', `  ignored: ${plain(line)}`))
  if (plan.notOurs.length > 0)
    lines.push(paint('gray', `  not ours, never touched: ${counted(plan.notOurs.length, 'entity')}`))
  if (plan.steps.length > 0) {
    lines.push('', 'requests, in this order:')
    for (const step of plan.steps) {
      lines.push(`  ${plain(step.preview)}${takingBackText(takingBack(step, meaning?.sealedTo), paint)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function takingBackText(taking: TakingBack | undefined, paint: Paint): string {
  return taking === undefined ? '' : paint(taking.possible ? 'gray' : 'red', `  ${plain(taking.text)}`)
}

/** An undo has no cause in Git. */
function sidesOf({ undoes }: Plan): Sides | undefined {
  return undoes === undefined ? undefined : { before: 'now', after: 'then' }
}

function leftOutText({ change, by, follows }: LeftOut): string {
  const reason =
    by === 'you' ? 'by you' : by === 'mode' ? 'deletes are off' : `needs ${plain(follows ?? '?')}`
  return `${change.operation} ${plain(`${change.kind} ${change.name}`)} (${reason})`
}

function stepJson(step: PlanStep, sealedTo: SealedTo | undefined): Json {
  const taking = takingBack(step, sealedTo)
  return {
    id: step.id,
    preview: step.preview,
    reversible: taking === undefined || taking.possible ? true : taking.text,
    ...(taking?.possible && sealedTo ? { sealedTo: [...sealedTo] } : {}),
  }
}

/** A plan for programs. */
export function planJson(plan: Plan, meaning: PlanMeaning | null = null): Json {
  return {
    id: plan.id,
    target: plan.target,
    address: plan.address,
    readAt: plan.readAt,
    manifest: { ...plan.manifest },
    mode: { ...plan.mode },
    ...(plan.undoes === undefined ? {} : { undoes: plan.undoes }),
    ...(plan.kept ? { kept: plan.kept.map(each => ({ ...each })) } : {}),
    ...(plan.unknown
      ? {
          unknown: plan.unknown.map(({ kind, why, concerns, accepted }) => ({
            kind,
            why,
            concerns: concerns.map(({ kind: of, name }) => ({ kind: of, name })),
            accepted,
          })),
        }
      : {}),
    summary: { ...countChanges(plan.changes), ignored: plan.ignored.length },
    changes: plan.changes.map(changeJson),
    leftOut: plan.leftOut.map(({ change, by, follows }) => ({
      id: change.id,
      by,
      ...(follows ? { follows } : {}),
    })),
    ...openingJson(plan),
    steps: plan.steps.map(step => stepJson(step, meaning?.sealedTo)),
    cascades: plan.cascades.map(ref => ({ kind: ref.kind, name: ref.key })),
    notOurs: plan.notOurs.map(ref => ({ kind: ref.kind, name: ref.key })),
    ignored: plan.ignored.map(ignoredJson),
    ...(meaning?.findings
      ? {
          findings: {
            introduces: meaning.findings.introduces.map(findingJson),
            resolves: meaning.findings.resolves.map(findingJson),
            refused: meaning.findings.refusal?.message ?? null,
          },
        }
      : {}),
  }
}

function openingJson(plan: Plan): JsonObject {
  const { allOrNothing, openedLast, refusedMeanwhile, standingIn } = openingOf(plan)
  const named = (entities: readonly HalfWay[]): Json => entities.map(({ kind, name }) => ({ kind, name }))
  return {
    allOrNothing,
    openedLast: named(openedLast),
    refusedMeanwhile: named(refusedMeanwhile),
    standingIn,
  }
}

/** How a sync ended, for people: first whether the exposure is closed, then what was done. */
export function resultText(result: SyncResult, paint: Paint): string {
  const lines: string[] = []
  if (result.exposure === 'closed') lines.push(paint('green', 'CLOSED: nothing is open any more'))
  if (result.exposure === 'still exposed') lines.push(paint('red', 'STILL EXPOSED'))
  if (result.exposure === 'not known')
    lines.push(paint('magenta', '? it is unknown whether anything is still open'))
  const parts = [
    `${result.done} done`,
    `${result.failed} failed`,
    ...(result.unknown > 0 ? [paint('yellow', `${result.unknown} unknown`)] : []),
    `${result.notSent} not sent`,
  ]
  lines.push(`${paint('bold', plain(result.target))}  ${parts.join(', ')}`)
  const left = result.remaining
  if (left && left.create + left.update + left.delete > 0) {
    lines.push(
      `still different: ${left.create} to create, ${left.update} to update, ${left.delete} to delete`,
    )
  } else if (left) {
    const { standing } = result
    lines.push(
      standing === 0 ? 'in sync' : `in sync, except for ${counted(standing, 'difference')} listed above`,
    )
  }
  for (const line of halfWayLines(result.halfWay)) lines.push(paint('yellow', plain(line)))
  if (result.journal) lines.push(paint('gray', `journal ${plain(result.journal)}`))
  return `${lines.join('\n')}\n`
}

/** How a sync ended, for programs. */
export function resultJson(result: SyncResult): JsonObject {
  return {
    target: result.target,
    done: result.done,
    failed: result.failed,
    unknown: result.unknown,
    notSent: result.notSent,
    problems: result.problems.map(problem => ({ code: problem.code, message: problem.message })),
    remaining: result.remaining ? { ...result.remaining } : null,
    halfWay: result.halfWay.map(({ kind, name, state }) => ({ kind, name, state })),
    standing: result.standing,
    exposure: result.exposure,
    journal: result.journal,
  }
}
