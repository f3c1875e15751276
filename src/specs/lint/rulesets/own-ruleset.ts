import { posix } from 'node:path'
import type { RulesetDefinition, RulesetFunction } from '@stoplight/spectral-core'
import functions from '@stoplight/spectral-functions'
import { FunctionModules } from '../../../functions/modules.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { readSpecification } from '../../reading/read-specifications.ts'
import type { Specification } from '../../reading/specification.ts'
import { isRuleset } from '../engine/instrument.ts'
import { evaluatesText } from '../engine/messages.ts'
import { ownFunction } from './own-functions.ts'
import { builtinRuleset, formatsByName } from './rulesets.ts'
import { whyNoAlias, whyUnsafe } from './safe-paths.ts'

/** How the repository's own ruleset is read. */
export interface OwnRulesetOptions {
  readonly root: string
  readonly functionFolders: readonly string[]
  /** How much memory one function may take, in megabytes. */
  readonly functionMemory: number
}

/** A ruleset with the files that it was read from, functions included: paths in the repository. */
export interface OwnRuleset {
  readonly definition: RulesetDefinition
  readonly files: readonly string[]
}

const BUILTIN: Readonly<Record<string, 'oas' | 'owasp'>> = {
  'spectral:oas': 'oas',
  'spectral:owasp': 'owasp',
  '@stoplight/spectral-owasp-ruleset': 'owasp',
}

/**
 * Reads a ruleset in Spectral's format (YAML or JSON) with those that it extends. It runs nothing but Spectral's own
 * functions, and those in JavaScript files below the allowed folders, each in its own QuickJS. Problems: `ruleset`,
 * `ruleset-function`, and those of `readSpecification`.
 */
export async function readOwnRuleset(path: string, options: OwnRulesetOptions): Promise<Result<OwnRuleset>> {
  const reading = new RulesetReading(options)
  const definition = await reading.read(path, [])
  if (definition === undefined || reading.problems.length > 0) return fail(reading.problems)
  return succeed({ definition, files: [...reading.files] })
}

class RulesetReading {
  readonly problems: Problem[] = []
  readonly files = new Set<string>()
  readonly #options: OwnRulesetOptions
  readonly #formats = formatsByName()

  constructor(options: OwnRulesetOptions) {
    this.#options = options
  }

  async read(path: string, outer: readonly string[]): Promise<RulesetDefinition | undefined> {
    this.files.add(path)
    const read = await readSpecification(path, { root: this.#options.root })
    if (!read.ok) {
      this.problems.push(...read.error)
      return undefined
    }
    const spec = read.value
    const value = spec.files.get(spec.uri) ?? null
    if (!isObject(value)) {
      this.#problem('A ruleset must be an object', { file: path, line: 1, column: 1 })
      return undefined
    }
    const own = await this.#functions(value, path, spec)
    const definition = await this.#convert(value, { path, spec, own, outer: [...outer, path] })
    if (isRuleset(definition)) return definition
    this.#problem('A ruleset needs "rules", "extends" or "overrides"', { file: path, line: 1, column: 1 })
    return undefined
  }

  async #convert(value: JsonObject, context: Context): Promise<Record<string, unknown>> {
    const {
      functions: _functions,
      functionsDir: _folder,
      extends: bases,
      formats,
      rules,
      overrides,
      ...rest
    } = value
    const made: Record<string, unknown> = { ...rest }
    if (rest.aliases !== undefined) this.#checkAliases(rest.aliases, value, context)
    if (bases !== undefined) made.extends = await this.#extended(bases, context)
    if (formats !== undefined) made.formats = this.#formatList(formats, value, context)
    if (isObject(rules)) made.rules = this.#rules(rules, context)
    if (isArray(overrides)) {
      made.overrides = await Promise.all(overrides.filter(isObject).map(one => this.#convert(one, context)))
    }
    return made
  }

  async #extended(value: Json, context: Context): Promise<unknown[]> {
    const list = isArray(value) ? value : [value]
    const made: unknown[] = []
    for (const item of list) {
      const [name, severity] = isArray(item) ? item : [item]
      const base = typeof name === 'string' ? await this.#base(name, context) : undefined
      if (base !== undefined) made.push(severity === undefined ? base : [base, severity])
    }
    return made
  }

  async #base(name: string, context: Context): Promise<RulesetDefinition | undefined> {
    const builtin = BUILTIN[name]
    if (builtin) return builtinRuleset(builtin)
    const place = { file: context.path, line: 1, column: 1 }
    if (!/^\.{0,2}\/|\.(?:ya?ml|json)$/.test(name) || name.includes('://')) {
      this.#problem(
        `The ruleset "${name}" can't be extended`,
        place,
        'Extend spectral:oas, spectral:owasp or a file of the repository.',
      )
      return undefined
    }
    const path = posix.join(posix.dirname(context.path), name)
    if (!context.outer.includes(path)) return this.read(path, context.outer)
    this.#problem(`The ruleset "${name}" extends itself`, place)
    return undefined
  }

  #formatList(value: Json, holder: JsonObject, context: Context): unknown[] {
    return (isArray(value) ? value : []).flatMap(name => {
      const format = typeof name === 'string' ? this.#formats.get(name.replace('.', '_')) : undefined
      if (format) return [format]
      this.#problem(`The format "${String(name)}" is unknown`, context.spec.positions.key(holder, 'formats'))
      return []
    })
  }

  #rules(rules: JsonObject, context: Context): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(rules).map(([name, rule]) => {
        if (!isObject(rule)) return [name, rule]
        const { then, formats, ...rest } = rule
        this.#checkRule(name, rule, context)
        const steps = isArray(then)
          ? then.map(step => this.#step(step, context))
          : this.#step(then ?? null, context)
        const listed = formats === undefined ? {} : { formats: this.#formatList(formats, rule, context) }
        return [name, Object.fromEntries([...Object.entries({ ...rest, ...listed }), ['then', steps]])]
      }),
    )
  }

  #step(step: Json, context: Context): unknown {
    if (!isObject(step)) return step
    const name = step.function
    const builtin = typeof name === 'string' ? spectralFunctions.get(name) : undefined
    const found = builtin ?? (typeof name === 'string' ? context.own.get(name) : undefined)
    if (found) return { ...step, function: found }
    const hint = 'Name a function of Spectral, or list it under "functions".'
    this.#problem(
      `The function "${String(name)}" is unknown`,
      context.spec.positions.key(step, 'function'),
      hint,
    )
    return step
  }

  /** The functions that a ruleset brings along, where their folder is allowed. */
  async #functions(
    value: JsonObject,
    path: string,
    spec: Specification,
  ): Promise<ReadonlyMap<string, RulesetFunction>> {
    const found = new Map<string, RulesetFunction>()
    const names = isArray(value.functions) ? value.functions : []
    const folder = typeof value.functionsDir === 'string' ? value.functionsDir : 'functions'
    for (const item of names) {
      const name = isArray(item) ? item[0] : item
      if (typeof name !== 'string') continue
      const place = spec.positions.key(value, 'functions')
      const file = posix.join(posix.dirname(path), folder, `${name}.js`)
      const loaded = await this.#load(file, place)
      if (loaded) found.set(name, loaded)
    }
    return found
  }

  async #load(file: string, place: Place | undefined): Promise<RulesetFunction | undefined> {
    const { root, functionFolders, functionMemory } = this.#options
    const modules = new FunctionModules(root, functionFolders)
    if (!modules.has(file)) {
      const message = `The function ${file} is not run: its folder is not allowed`
      this.#problem(
        message,
        place,
        'Allow the folder with --functions; the functions in it have no files or network.',
      )
      return undefined
    }
    const loaded = await ownFunction(file, modules, functionMemory)
    for (const name of modules.names()) this.files.add(name)
    if (loaded.ok) return loaded.value
    this.#problem(`The function ${file} can't be used: ${loaded.error}`, place)
    return undefined
  }

  /**
   * Spectral runs filters in paths and expressions in messages as programs: only those that just look at values are
   * allowed.
   */
  #checkRule(name: string, rule: JsonObject, context: Context): void {
    const { given, then, message } = rule
    const fields = (isArray(then) ? then : [then ?? null]).flatMap(step =>
      isObject(step) ? [step.field] : [],
    )
    for (const path of [...(isArray(given) ? given : [given]), ...fields]) {
      const why = typeof path === 'string' ? whyUnsafe(path) : undefined
      if (why === undefined) continue
      const hint =
        'A filter may compare fields, and call methods of texts that only read, such as match and includes.'
      this.#problem(`The rule ${name} is not run: ${why}`, context.spec.positions.key(rule, 'given'), hint)
    }
    if (typeof message === 'string' && evaluatesText(message)) {
      this.#problem(
        `The rule ${name} is not run: its message evaluates an expression`,
        context.spec.positions.key(rule, 'message'),
        'Only these are inserted: {{error}}, {{property}}, {{path}}, {{value}}, {{description}} and #{{print("property")}}.',
      )
    }
  }

  #checkAliases(aliases: Json, holder: JsonObject, context: Context): void {
    for (const path of textsIn(aliases, 'given')) {
      const why = whyNoAlias(path)
      if (why === undefined) continue
      const place = context.spec.positions.key(holder, 'aliases')
      this.#problem(`The alias ${JSON.stringify(path)} is not accepted: ${why}`, place)
    }
  }

  #problem(message: string, place: Place | undefined, hint?: string): void {
    this.problems.push({ code: 'ruleset', message, ...(hint ? { hint } : {}), ...(place ? { place } : {}) })
  }
}

interface Context {
  readonly path: string
  readonly spec: Specification
  readonly own: ReadonlyMap<string, RulesetFunction>
  /** The rulesets that led here. */
  readonly outer: readonly string[]
}

const spectralFunctions = new Map<string, RulesetFunction>(
  Object.entries(functions).flatMap(([name, value]): [string, RulesetFunction][] =>
    isFunction(value) ? [[name, value]] : [],
  ),
)

function isFunction(value: unknown): value is RulesetFunction {
  return typeof value === 'function'
}

/** The paths of aliases: lists by name, or lists below `given` for several formats. */
function textsIn(value: Json, key: string): readonly string[] {
  if (typeof value === 'string') return [value]
  if (isArray(value)) return value.flatMap(item => textsIn(item, key))
  if (!isObject(value)) return []
  const { targets } = value
  if (targets === undefined) return Object.values(value).flatMap(item => textsIn(item, key))
  return (isArray(targets) ? targets : []).flatMap(target =>
    isObject(target) ? textsIn(target[key] ?? null, key) : [],
  )
}
