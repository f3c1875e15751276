import type { RouterIdentity } from '../../session.ts'

/**
 * What this model of Kong's router is held against, the one place that says so. The router of 3.9.1 was recorded, and
 * 3.4.2 was asked the same and answered alike; what lies between them is taken to do so too. Another flavour orders routes
 * by other rules, and no other edition was recorded.
 */
const held = { major: 3, minors: [4, 9], edition: 'community', flavour: 'traditional_compatible' } as const

const heldText = `Kong ${held.major}.${held.minors[0]} to ${held.major}.${held.minors[1]} (${held.edition}, flavour ${held.flavour})`

/** Whether the router of a version and edition is modelled, where it has the right flavour. */
export function isModelledVersion({
  version,
  edition,
}: Pick<RouterIdentity, 'version' | 'edition'>): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  const [first, last] = held.minors
  return (
    edition === held.edition &&
    Number(major) === held.major &&
    Number(minor) >= first &&
    Number(minor) <= last
  )
}

/** Why it can't be told from here how a gateway answers requests, a clause; null: its router is modelled. */
export function notModelled(identity: RouterIdentity): string | null {
  const { version, edition, flavour, untold } = identity
  const only = `and only that of ${heldText} is modelled`
  if (!/^\d/.test(version)) return `its version is not told, ${only}`
  if (!isModelledVersion(identity))
    return `its router is that of Kong ${version} (${edition ?? 'edition not told'}), ${only}`
  if (flavour === null)
    return `the flavour of its router is not told${untold === undefined ? '' : ` (${untold})`}, ${only}`
  return flavour === held.flavour ? null : `its router has the flavour ${flavour}, ${only}`
}
