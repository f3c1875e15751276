import type { RulesetDefinition, RulesetFunction } from '@stoplight/spectral-core'

/** Puts another function in place of one of a rule. */
export type Wrap = (rule: string, original: RulesetFunction) => RulesetFunction

/** A ruleset with other functions: those of its own rules, of what it extends and of its overrides. */
export function instrument(definition: RulesetDefinition, wrap: Wrap): RulesetDefinition {
  const known = new Map<unknown, unknown>()
  const ruleset = (value: unknown): unknown => {
    if (!isRecord(value)) return value
    const before = known.get(value)
    if (before !== undefined) return before
    const after: Record<string, unknown> = { ...value }
    known.set(value, after)
    if (isRecord(value.rules)) after.rules = rules(value.rules)
    if ('extends' in value) after.extends = extended(value.extends)
    if (Array.isArray(value.overrides)) after.overrides = value.overrides.map(ruleset)
    return after
  }
  const extended = (value: unknown): unknown => {
    if (!Array.isArray(value)) return ruleset(value)
    return value.map(item => (Array.isArray(item) ? [ruleset(item[0]), ...item.slice(1)] : ruleset(item)))
  }
  const rules = (value: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value).map(([name, rule]) => {
        if (!isRecord(rule) || !('then' in rule)) return [name, rule]
        const then: unknown = rule.then
        const replaced = Array.isArray(then) ? then.map(one => step(name, one)) : step(name, then)
        return [name, Object.fromEntries([...Object.entries(rule), ['then', replaced]])]
      }),
    )
  const step = (rule: string, value: unknown): unknown => {
    if (!isRecord(value) || !isFunction(value.function)) return value
    const original = value.function
    const wrapped = wrap(rule, original)
    // The checks of a function's options, and its name in messages, depend on the function.
    Object.assign(wrapped, original)
    Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true })
    return { ...value, function: wrapped }
  }
  const made = ruleset(definition)
  return isRuleset(made) ? made : definition
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFunction(value: unknown): value is RulesetFunction {
  return typeof value === 'function'
}

/** Whether a value is a ruleset at all; Spectral itself checks what is in it. */
export function isRuleset(value: unknown): value is RulesetDefinition {
  return isRecord(value) && ['rules', 'extends', 'overrides'].some(key => key in value)
}
