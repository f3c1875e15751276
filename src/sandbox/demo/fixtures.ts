import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The demo fleet's files: next to the sources, and next to the built program. */
export function demoFixtures(): string {
  const candidates = ['../../../fixtures/demo/', '../fixtures/demo/']
  const folders = candidates.map(path => fileURLToPath(new URL(path, import.meta.url)))
  const found = folders.find(folder => existsSync(join(folder, 'history.yaml')))
  if (found === undefined) throw new Error(`no demo fleet in ${folders.join(' or ')}`)
  return found
}

/** All files of a folder with their texts, by path with `/`. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(
    paths.sort().map(path => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  )
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** An age as `14m`, `3h` or `63d`, in seconds. */
export function secondsOf(age: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(age) ?? []
  const factor = units[unit]
  if (count === undefined || factor === undefined)
    throw new Error(`demo fleet: ${age} is not an age such as 14m or 3h`)
  return Number(count) * factor
}
