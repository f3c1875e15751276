import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isArray, isObject, type Json } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import { PolicyFunctions } from './policy-functions.ts'

/** The names of functions that policies use. */
export function functionNames(value: Json): readonly string[] {
  if (isArray(value)) return value.flatMap(functionNames)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'function' && typeof item === 'string' ? [item] : functionNames(item),
  )
}

/** The functions that a policy may name. */
export interface LoadedFunctions {
  /** Those of one rule, by name: what each says of a value. */
  of(rule: string): ReadonlyMap<string, (value: Json | undefined) => boolean>
  readonly problems: readonly Problem[]
}

/** The functions that were loaded last, by their files: a fleet that is watched asks again and again. */
let last: { readonly key: string; readonly loading: ReturnType<typeof PolicyFunctions.load> } | undefined

/** How long a worker whose files have changed may still be asked, in milliseconds. */
const grace = 60_000

/**
 * Loads the JavaScript functions that policies name, by their path from the folder of `gatewatch.yaml`; only those in
 * folders that the configuration allows, links followed. They run in a worker with limits of time and memory.
 */
export async function loadFunctions(
  names: readonly string[],
  folder: string,
  allowed: readonly string[],
): Promise<LoadedFunctions> {
  const folders = await Promise.all(allowed.map(each => realPath(join(folder, each))))
  const files: { readonly name: string; readonly href: string; readonly version: string }[] = []
  for (const name of new Set(names)) {
    const file = await realPath(join(folder, name))
    // What is not allowed is told where the policy names it.
    if (file === undefined || !folders.some(each => each !== undefined && isBelow(each, file))) continue
    const { mtimeMs, size } = await stat(file)
    files.push({ name, href: pathToFileURL(file).href, version: `${mtimeMs} ${size}` })
  }
  if (files.length === 0) return { of: () => new Map(), problems: [] }
  const { functions, problems } = await loadOnce(files)
  const unusable = new Set(problems.length > 0 ? files.map(file => file.name) : [])
  return {
    problems,
    of: rule =>
      new Map(
        files.flatMap(({ name }) =>
          // A function that can't be used is told by its problem; the condition that names it is not wrong.
          [
            [
              name,
              (value: Json | undefined) => !unusable.has(name) && functions.passes(name, rule, value),
            ] as const,
          ],
        ),
      ),
  }
}

function loadOnce(
  files: readonly { readonly name: string; readonly href: string; readonly version: string }[],
): ReturnType<typeof PolicyFunctions.load> {
  const key = JSON.stringify(files)
  if (last?.key === key) return last.loading
  const before = last
  const loading = PolicyFunctions.load(files.map(({ name, href }) => ({ name, href })))
  last = { key, loading }
  // A check under way may still ask the one before.
  if (before) setTimeout(() => void before.loading.then(({ functions }) => functions.close()), grace).unref()
  return loading
}

function isBelow(folder: string, file: string): boolean {
  const inside = relative(folder, file)
  return inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside)
}

async function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}
