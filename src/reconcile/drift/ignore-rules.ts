import { nameFits } from '../../governance/policies/wildcard.ts'
import type { EntityRef, Kind } from '../../model/entity.ts'
import type { Place, Problem } from '../../model/problem.ts'
import type { Operation } from './operation.ts'

/** What gatewatch leaves to others: entities, or one field of them, as `gatewatch.yaml` says. */
export interface IgnoreRule {
  readonly kind: Kind
  /** The name of an entity, or a pattern in which `*` matches any text. */
  readonly name: string
  /** A field with everything below it, such as `weight` or `config.minute`; undefined: the whole entity. */
  readonly field?: string
  readonly reason: string
  /** A UTC instant; undefined: it has no end. */
  readonly expires?: string
  readonly place: Place
}

/** A difference that a rule left out. */
export interface Ignored extends EntityRef {
  readonly name: string
  readonly operation: Operation
  /** Paths of the fields that differ and are left alone; empty: the whole entity is. */
  readonly fields: readonly string[]
  readonly rule: IgnoreRule
}

/**
 * The outcome of a rule at a target: it matches entities, matches none, has ended, or is undecided because not all
 * entities of its kind could be read and none of the others matches.
 */
export interface RuleOutcome {
  readonly rule: IgnoreRule
  readonly state: 'matches' | 'matches nothing' | 'expired' | 'unknown'
  /** How many entities it matches. */
  readonly entities: number
}

export function isExpired(rule: IgnoreRule, now: Date): boolean {
  return rule.expires !== undefined && Date.parse(rule.expires) <= now.getTime()
}

/** Whether a rule is about an entity. */
export function isAbout(rule: IgnoreRule, entity: EntityRef & { readonly name: string }): boolean {
  return rule.kind === entity.kind && (nameFits(rule.name, entity.name) || nameFits(rule.name, entity.key))
}

/** Whether a path is the field of a rule, or below it. */
export function isBelow(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`)
}

/** What a rule is about, in words: `field weight of target 10.0.0.*`. */
export function ruleText({ kind, name, field }: IgnoreRule): string {
  return field === undefined ? `${kind} ${name}` : `field ${field} of ${kind} ${name}`
}

/** What rules leave out, a line a rule: `field weight of target 10.0.0.*: 3 (set by the scaler, until 2027-01-01T00:00:00Z)`. */
export function ignoredLines(ignored: readonly Ignored[]): readonly string[] {
  const byRule = Map.groupBy(ignored, ({ rule }) => `${ruleText(rule)} ${rule.place.line}`)
  return [...byRule.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const { reason, expires } = first.rule
    return [`${ruleText(first.rule)}: ${group.length} (${reason}${expires ? `, until ${expires}` : ''})`]
  })
}

/**
 * Warnings about rules, from their outcomes at all targets that they apply to: one that has ended, and one that matches
 * nothing anywhere. `wholeOf`: whether each target that a rule applies to was compared.
 */
export function ruleProblems(
  outcomes: readonly RuleOutcome[],
  wholeOf: (rule: IgnoreRule) => boolean,
): readonly Problem[] {
  return [...Map.groupBy(outcomes, each => each.rule)].flatMap(([rule, states]): readonly Problem[] => {
    if (states.some(({ state }) => state === 'expired')) {
      return [
        {
          code: 'ignore-expired',
          message: `the rule that ignored ${ruleText(rule)} ended at ${rule.expires}, and no longer has an effect`,
          hint: 'Remove it, or give it another end.',
          place: rule.place,
        },
      ]
    }
    if (!wholeOf(rule) || states.some(({ state }) => state !== 'matches nothing')) return []
    return [
      {
        code: 'ignore-unused',
        message: `the rule that ignores ${ruleText(rule)} matches nothing`,
        hint: 'Correct its kind, name or field, or remove it.',
        place: rule.place,
      },
    ]
  })
}
