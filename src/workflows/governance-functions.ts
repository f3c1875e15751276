import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isArray, isObject, type Json } from '../model/json.ts'
import type { Problem } from '../model/problem.ts'

/** A function that a policy names: whether a value is as it should be. */
type PolicyFunction = (value: Json | undefined) => boolean

/** The names of functions that policies use. */
export function functionNames(value: Json): readonly string[] {
  if (isArray(value)) return value.flatMap(functionNames)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'function' && typeof item === 'string' ? [item] : functionNames(item),
  )
}

/**
 * Loads the JavaScript functions that policies name, by their path from the folder of `gatewatch.yaml`; only those in
 * folders that the configuration allows, links followed. A function that throws counts as not passed.
 */
export async function loadFunctions(
  names: readonly string[],
  folder: string,
  allowed: readonly string[],
): Promise<{
  readonly functions: ReadonlyMap<string, PolicyFunction>
  readonly problems: readonly Problem[]
}> {
  const functions = new Map<string, PolicyFunction>()
  const problems: Problem[] = []
  const folders = await Promise.all(allowed.map(each => realPath(join(folder, each))))
  for (const name of new Set(names)) {
    const file = await realPath(join(folder, name))
    // What is not allowed is told where the policy names it.
    if (file === undefined || !folders.some(each => each !== undefined && isBelow(each, file))) continue
    try {
      const module: unknown = await import(pathToFileURL(file).href)
      const made: unknown =
        typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : null
      if (isFunction(made)) functions.set(name, value => passes(made, value))
      else problems.push(broken(name, 'it has no default export that is a function'))
    } catch (error) {
      problems.push(broken(name, error instanceof Error ? error.message : String(error)))
    }
  }
  return { functions, problems }
}

function passes(made: (...args: readonly unknown[]) => unknown, value: Json | undefined): boolean {
  try {
    return made(structuredClone(value)) === true
  } catch {
    return false
  }
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

function broken(name: string, why: string): Problem {
  return {
    code: 'policy-function',
    message: `the function ${name} can't be used: ${why}`,
    hint: 'It is a JavaScript module whose default export takes a value and returns true where it is as it should be.',
  }
}

function isBelow(folder: string, file: string): boolean {
  const inside = relative(folder, file)
  return inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside)
}

async function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}
