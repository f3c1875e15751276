import { Option } from 'commander'
import { isVariable } from '../model/masks.ts'
import { revealSecrets } from '../model/secrets.ts'
import type { Change } from '../reconcile/drift.ts'
import { type Io, tellWarnings } from './command.ts'

/** Whether values of variables stay masked; decK's option for the same. */
export interface MaskOptions {
  readonly maskDeckEnvVarsValue: boolean
}

/** The option that shows values of `DECK_` variables. */
export function unmaskOption(): Option {
  return new Option(
    '--no-mask-deck-env-vars-value',
    'show the values of DECK_ variables in the changes; on a terminal, as text, and nowhere else',
  )
}

/** Changes as they are shown: with values of variables in clear where that was asked for and a person reads them. */
export function shownChanges(
  io: Io,
  { maskDeckEnvVarsValue }: MaskOptions,
  isTerminal: boolean,
  resolve: (digest: string) => string | undefined,
): (changes: readonly Change[]) => readonly Change[] {
  if (maskDeckEnvVarsValue) return changes => changes
  if (!isTerminal) {
    const message = 'values of variables are shown as text on a terminal alone, and stay masked here'
    tellWarnings(io, [{ code: 'masked', message }])
    return changes => changes
  }
  const clear = (value: Change['fields'][number]['git']) =>
    value === undefined ? undefined : revealSecrets(value, resolve, isVariable).value
  return changes =>
    changes.map(change => ({
      ...change,
      fields: change.fields.map(field => ({
        ...field,
        git: clear(field.git),
        live: clear(field.live),
        base: clear(field.base),
      })),
    }))
}
