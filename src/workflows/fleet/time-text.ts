/** A moment in UTC: only the time if it is within a day of now, otherwise with its date. */
export function timeText(at: Date, now: Date = new Date()): string {
  const iso = at.toISOString()
  const near = Math.abs(now.getTime() - at.getTime()) < 20 * 3600 * 1000
  return near ? `${iso.slice(11, 19)}Z` : `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`
}
