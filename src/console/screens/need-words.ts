import type { Need, NeedKind } from '../../workflows/fleet/fleet-view.ts'
import type { Role } from '../theme/roles.ts'

/** How each kind of need is written and drawn. */
export const needWords: Readonly<Record<NeedKind, { readonly word: string; readonly role: Role }>> = {
  exposed: { word: 'EXPOSED', role: 'exposed' },
  'half-done': { word: 'HALF-DONE', role: 'halfDone' },
  unseen: { word: 'UNSEEN', role: 'unseen' },
  conflict: { word: 'CONFLICT', role: 'conflict' },
  edited: { word: 'EDITED', role: 'edited' },
  ahead: { word: 'AHEAD', role: 'ahead' },
  findings: { word: 'FINDINGS', role: 'findings' },
}

/** What a need is recognised by from one reading to the next. */
export function needKey(need: Need): string {
  return [need.target, need.kind, need.changes[0] ?? ''].join(' ')
}

/** What syncing a need's changes is called: a hand that moved is put back, a commit that waits is sent. */
export function syncName(kind: NeedKind): string {
  return kind === 'exposed' || kind === 'edited' || kind === 'conflict' ? 'put back' : 'sync'
}

export function plural(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`
}
