import type { WaiverState } from '../../../governance/waivers/waivers.ts'
import type { WaiverView } from '../../../workflows/governance/governance-view.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, span } from '../../components/line.ts'
import { ageText, agoText } from '../../store/age.ts'
import type { Role } from '../../theme/roles.ts'
import { factLines } from '../findings/finding-detail.ts'
import { placeText } from '../findings/finding-rows.ts'
import { holdsAll } from '../pane/filter.ts'
import type { PaneRow } from '../pane/list-pane.tsx'

/** One line of the list of waivers. */
export interface WaiverRow extends PaneRow {
  readonly waiver: WaiverView
  readonly expiry: string
}

/** The waivers that contain all these words: those that don't count first, then those that end soonest. */
export function waiverRows(
  waivers: readonly WaiverView[],
  words: readonly string[],
  now: Date,
): readonly WaiverRow[] {
  return waivers
    .filter(({ rule, entity, owner, approvedBy, state, reason }) =>
      holdsAll(`${rule} ${entity} ${owner} ${approvedBy ?? ''} ${state} ${reason}`.toLowerCase(), words),
    )
    .toSorted(
      (a, b) =>
        Number(a.state === 'active') - Number(b.state === 'active') ||
        a.expires.getTime() - b.expires.getTime(),
    )
    .map(waiver => ({
      key: `${placeText(waiver.place)} ${waiver.rule} ${waiver.entity}`,
      waiver,
      expiry: expiryText(waiver.expires, now),
    }))
}

function expiryText(expires: Date, now: Date): string {
  return expires > now ? `in ${ageText(now, expires)}` : agoText(expires, now)
}

const stateRoles: Readonly<Record<WaiverState, Role>> = {
  active: 'ok',
  expired: 'error',
  'not approved': 'notice',
  'too long': 'error',
  'unknown rule': 'error',
}

const columns = (width: number) => [
  { min: 12, max: 12 },
  { min: 18, max: width < 110 ? 26 : 34 },
  { min: 20 },
  { min: 8, max: 8 },
  { min: 8, max: width < 110 ? 10 : 16 },
  ...(width < 100 ? [] : [{ min: 11, max: 16 }]),
  { min: 6, max: 6 },
]

export function waiverHeads(width: number): Line {
  const heads = [
    'STATE',
    'RULE',
    'WHAT',
    'EXPIRES',
    'OWNER',
    ...(width < 100 ? [] : ['APPROVED BY']),
    'COVERS',
  ]
  const widths = columnWidths(columns(width), width - 1)
  return [span(` ${widths.map((cells, at) => cell(heads[at] ?? '', cells)).join(' ')}`, 'dim')]
}

export function drawWaiverRow({ waiver, expiry }: WaiverRow, width: number): Line {
  const [state = 0, rule = 0, what = 0, ends = 0, owner = 0, ...rest] = columnWidths(
    columns(width + 1),
    width,
  )
  return [
    span(cell(waiver.state, state), stateRoles[waiver.state]),
    ' ',
    span(cell(waiver.rule, rule), 'text'),
    ' ',
    span(cell(waiver.entity, what), 'strong'),
    ' ',
    span(cell(expiry, ends), waiver.state === 'expired' ? 'error' : 'text'),
    ' ',
    span(cell(waiver.owner, owner), 'text'),
    ' ',
    ...(rest.length > 1 ? [span(cell(waiver.approvedBy ?? '-', rest[0] ?? 0), 'dim'), ' '] : []),
    span(cell(`${waiver.covers}`, rest.at(-1) ?? 0, 'right'), 'dim'),
  ]
}

/** The details of a waiver. */
export function waiverDetail({ waiver, expiry }: WaiverRow, width: number): readonly Line[] {
  const { rule, entity, reason, owner, approvedBy, approval, expires, state, why, covers, place } = waiver
  const by =
    approvedBy === null
      ? 'nobody yet: needs approved_by, a code owner who neither owns nor wrote it'
      : approval.state === 'unverified'
        ? `${approvedBy}, unverified: ${approval.why}`
        : approval.state === 'verified'
          ? `${approvedBy}, ${approval.how}`
          : approvedBy
  return [
    [span(state, stateRoles[state]), '  ', span(`${rule}: ${entity}`, 'strong')],
    ...(why === '' ? [] : factLines('no, because', why, width)),
    ...factLines('reason', reason, width),
    ...factLines('owner', owner, width),
    ...factLines('approved', by, width),
    ...factLines('expires', `${expires.toISOString().slice(0, 19)}Z, ${expiry}`, width),
    ...factLines('covers', covers === 1 ? '1 finding' : `${covers} findings`, width),
    ...factLines('written', placeText(place), width),
  ]
}
