/** How a kind of need is written and drawn. */
interface NeedWords {
  readonly word: string
  /** A role of the console's themes. */
  readonly role: 'exposed' | 'halfDone' | 'unseen' | 'conflict' | 'edited' | 'ahead' | 'findings'
  /** What syncing its changes is called: a live edit is put back, a waiting commit is sent. */
  readonly syncName: 'put back' | 'sync'
}

/** What a person should look at, worst first. */
export const needKinds = {
  exposed: { word: 'EXPOSED', role: 'exposed', syncName: 'put back' },
  'half-done': { word: 'HALF-DONE', role: 'halfDone', syncName: 'sync' },
  unseen: { word: 'UNSEEN', role: 'unseen', syncName: 'sync' },
  conflict: { word: 'CONFLICT', role: 'conflict', syncName: 'put back' },
  edited: { word: 'EDITED', role: 'edited', syncName: 'put back' },
  ahead: { word: 'AHEAD', role: 'ahead', syncName: 'sync' },
  findings: { word: 'FINDINGS', role: 'findings', syncName: 'sync' },
} as const satisfies Readonly<Record<string, NeedWords>>

/** A name of `needKinds`. */
export type NeedKind = keyof typeof needKinds

/** All kinds of need, worst first. */
export const needNames: readonly NeedKind[] = Object.keys(needKinds).filter(
  (name): name is NeedKind => name in needKinds,
)
