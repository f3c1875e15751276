import { type Command, InvalidArgumentError, Option } from 'commander'
import { ProblemError } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Providers } from '../../providers/provider.ts'
import type { Acceptance } from '../../reconcile/plan/unknown-kinds.ts'
import type { PlanChoice } from '../../workflows/syncing/review.ts'
import type { SyncOptions } from '../../workflows/syncing/sync-events.ts'

/** The options that decide the content of a plan. */
export interface PlanOptions {
  readonly delete: boolean
  readonly exclude: readonly string[]
  readonly allowDeletes?: number
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(value)
}

/** Adds the options that decide the content of a plan. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--no-delete', 'only create and update; delete nothing')
    .option(
      '--exclude <change>',
      'leave this change out, by its id, such as "update route payouts-list"; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .addOption(allowDeletesOption())
}

/** The option that lets a plan delete more than the guard allows. */
export function allowDeletesOption(): Option {
  return new Option('--allow-deletes <n>', 'allow up to this many deletions').argParser(wholeNumber)
}

/** The content of a plan, from those options. */
export function choiceOf(options: PlanOptions): PlanChoice & { readonly allowDeletes?: number } {
  return {
    excluded: new Set(options.exclude),
    deletes: options.delete,
    ...(options.allowDeletes === undefined ? {} : { allowDeletes: options.allowDeletes }),
  }
}

/** The options that replace a person's answer. */
export interface ConfirmOptions {
  readonly yes?: true
  /** Targets that may lose something though they are protected. */
  readonly confirm: readonly string[]
}

/** The option that replaces typing the name of a protected target. */
export function confirmOption(): Option {
  return new Option(
    '--confirm <target>',
    'with --yes: the protected target that may lose entities or protection; may be repeated',
  )
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none')
}

/** The option that has a sync done though policies refuse it. */
export function overrideOption(): Option {
  return new Option(
    '--override <reason>',
    'sync although policies refuse it, where the configuration allows that; the reason is journaled',
  )
}

/** How the sync is done, from that option. */
export function overrideOf({ override }: { readonly override?: string }): SyncOptions {
  return override === undefined ? {} : { override }
}

/** The options that accept unknowns. */
export interface AcceptOptions {
  readonly acceptUnknown: readonly string[]
  readonly reason?: string
}

/** A kind by its name, or as its entities are called together. */
function kindNamed(text: string, before: readonly string[], kinds: Kinds): readonly string[] {
  const word = text.trim().toLowerCase()
  const found = kinds.all.find(
    ({ kind, identity: { plural }, transport: { path } = {} }) =>
      kind === kinds.presentName(word) || [plural, path].includes(word.replaceAll(' ', '_')),
  )
  if (!found) throw new InvalidArgumentError(`The kinds are ${kinds.names.join(', ')}.`)
  return [...before, found.kind]
}

/** Adds the options for syncing although something that affects what is written could not be read. */
export function withAcceptOptions(command: Command, { kinds }: Providers): Command {
  return command
    .addOption(
      new Option(
        '--accept-unknown <kind>',
        'write although entities of this kind could not be read and affect what is written, where the configuration allows that; may be repeated',
      )
        .argParser((text: string, before: readonly string[]) => kindNamed(text, before, kinds))
        .default([], 'none'),
    )
    .option('--reason <text>', 'why --accept-unknown is given; it is journaled')
}

/** What is accepted, from those options. Throws `ProblemError` if one is given without the other. */
export function acceptOf({ acceptUnknown, reason }: AcceptOptions): { readonly accept?: Acceptance } {
  const why = reason?.trim() ?? ''
  if (acceptUnknown.length === 0 && reason === undefined) return {}
  if (acceptUnknown.length > 0 && why !== '')
    return { accept: { kinds: new Set(acceptUnknown), reason: why } }
  throw new ProblemError([
    {
      code: 'no-reason',
      message: '--accept-unknown and --reason must be given together',
      hint: "Name the kind and say why, for example: --accept-unknown plugin --reason 'the Admin API is being repaired'",
    },
  ])
}
