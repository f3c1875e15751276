import { Option } from 'commander'
import { isObject, type Json } from '../../model/json.ts'
import { maskNamed } from '../../model/masking/mask-named.ts'
import { isVariable } from '../../model/masking/masks.ts'
import { hasMarks, revealSecrets, type SecretSink } from '../../model/masking/secret-marks.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import { type Io, tellWarnings } from '../command.ts'

/** Whether values of variables stay masked; decK's option for the same. */
export interface MaskOptions {
  readonly maskDeckEnvVarsValue: boolean
}

/** The option that shows values of `DECK_` variables. */
export function unmaskOption(): Option {
  return new Option(
    '--no-mask-deck-env-vars-value',
    'show the values of DECK_ variables in the changes; only on a terminal, as text',
  )
}

/**
 * Changes for display: with values of variables in clear text if requested and a person reads them. What is masked for
 * another reason as well, such as a secret by the schema or a credential by its name, stays masked.
 */
export function shownChanges(
  io: Io,
  { maskDeckEnvVarsValue }: MaskOptions,
  isTerminal: boolean,
  secrets: SecretSink,
): (changes: readonly Change[]) => readonly Change[] {
  if (maskDeckEnvVarsValue) return changes => changes
  if (!isTerminal) {
    const message = 'values of variables are shown only as text on a terminal, and stay masked here'
    tellWarnings(io, [{ code: 'masked', message }])
    return changes => changes
  }
  return changes =>
    changes.map(change => ({
      ...change,
      fields: change.fields.map(field => ({
        ...field,
        git: withVariables(field.git, field.path, secrets),
        live: withVariables(field.live, field.path, secrets),
        base: withVariables(field.base, field.path, secrets),
      })),
    }))
}

/** The value of a field with values of variables in clear text, except those whose names mark them as credentials. */
function withVariables(value: Json | undefined, path: string, secrets: SecretSink): Json | undefined {
  if (value === undefined || !hasMarks(value, isVariable)) return value
  const clear = revealSecrets(value, secrets.resolve, isVariable).value
  const names = path.split('.')
  const nested = names.reduceRight<Json>((below, name) => ({ [name]: below }), clear)
  const masked = isObject(nested) ? maskNamed(nested, noSchema, secrets) : nested
  return names.reduce<Json>((above, name) => (isObject(above) ? (above[name] ?? null) : above), masked)
}

/** Only names decide: the changes of several gateways have no common schema. */
const noSchema = { fields: new Map(), shorthands: new Map() }
