/** How often displayed ages are updated, in milliseconds; none is finer. */
export const ageStep = 10_000

/** How long ago something was, in one short word: `now`, `20s`, `14m`, `2h`, `3d`. */
export function ageText(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000))
  if (seconds < 10) return 'now'
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** The same inside a sentence: `just now`, `14m ago`. */
export function agoText(at: Date, now: Date): string {
  const age = ageText(at, now)
  return age === 'now' ? 'just now' : `${age} ago`
}
