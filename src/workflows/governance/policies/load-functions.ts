import { FunctionModules } from '../../../functions/modules.ts'
import { isArray, isObject, type Json } from '../../../model/json.ts'
import type { Problem } from '../../../model/problem.ts'
import { type FunctionPlaces, PolicyFunctions } from './policy-functions.ts'

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
  /** The functions of one rule, by name: what each returns for a value. */
  of(rule: string): ReadonlyMap<string, (value: Json | undefined) => boolean>
  readonly problems: readonly Problem[]
}

/** The functions that were loaded last. */
let last: PolicyFunctions | undefined

/** How long functions may still run after others were loaded, in milliseconds: a check may be under way. */
const grace = 60_000

/**
 * Loads the JavaScript functions that policies name, by their path from the folder of `gatewatch.yaml`; only from
 * folders that the configuration allows, with links resolved. They are loaded again for each set of policies that is
 * read, so that no answer depends on earlier calls.
 */
export async function loadFunctions(
  names: readonly string[],
  places: FunctionPlaces,
): Promise<LoadedFunctions> {
  const modules = new FunctionModules(places.root, places.allowed)
  // A function that isn't allowed is reported where the policy names it.
  const allowed = [...new Set(names)].filter(name => modules.has(name))
  if (allowed.length === 0) return { of: () => new Map(), problems: [] }
  const { functions, problems } = await PolicyFunctions.load(allowed, places)
  const before = last
  last = functions
  if (before) setTimeout(() => before.close(), grace).unref()
  return {
    problems,
    of: rule =>
      new Map(
        allowed.map(name => [
          name,
          // If a function can't be used, no policy is evaluated: its problem belongs to all of them.
          (value: Json | undefined) => problems.length === 0 && functions.passes(name, rule, value),
        ]),
      ),
  }
}
