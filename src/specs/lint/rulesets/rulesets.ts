import type { Format, RulesetDefinition } from '@stoplight/spectral-core'
import owaspRuleset from '@stoplight/spectral-owasp-ruleset'
import { oas } from '@stoplight/spectral-rulesets'
import { isRuleset } from '../engine/instrument.ts'
import type { BuiltinRuleset } from '../options.ts'

/** A ruleset that comes with gatewatch. */
export function builtinRuleset(name: BuiltinRuleset): RulesetDefinition {
  return name === 'oas' ? definitionOf(oas) : definitionOf(owaspRuleset)
}

/** The ruleset that a package exports, itself or as its default: which one differs with how the package is loaded. */
function definitionOf(exported: unknown): RulesetDefinition {
  if (isRuleset(exported)) return exported
  const inner: unknown =
    typeof exported === 'object' && exported !== null ? Reflect.get(exported, 'default') : undefined
  if (isRuleset(inner)) return inner
  throw new Error('A package of Spectral exports no ruleset')
}

/** The formats that rules may ask for, by the names that rulesets use. */
export function formatsByName(): ReadonlyMap<string, Format> {
  const formats = Array.isArray(oas.formats) ? oas.formats : []
  return new Map(formats.map(format => [format.name === 'isOas3' ? 'oas3' : format.name, format]))
}
