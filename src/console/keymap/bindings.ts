import type { Key } from '../input/key.ts'
import { allVerbs, type Chapter, chapters, type Verb, type VerbName, verbOf, verbs } from './verbs.ts'

/** What a screen does for a verb. */
export interface Binding {
  readonly verb: VerbName
  /** A more specific word for the key bar and the help of this screen: `put back` for `sync`. */
  readonly name?: string
  /** Why it can't act now, one clause without a full stop; null: it can. The key is dimmed and shows the reason. */
  readonly disabled?: string | null
  /** Whether it is shown in the key bar. */
  readonly bar?: boolean
  readonly run: () => void
}

/** The result of a key press. */
export type Dispatched =
  | { readonly type: 'ran'; readonly verb: VerbName }
  | { readonly type: 'refused'; readonly verb: VerbName; readonly reason: string }
  | { readonly type: 'unbound' }

/** Acts on a key by the first binding of its verb. */
export function dispatch(bindings: readonly Binding[], key: Key): Dispatched {
  const verb = verbOf(key)
  const binding = verb === undefined ? undefined : bindings.find(candidate => candidate.verb === verb)
  if (binding === undefined) return { type: 'unbound' }
  if (binding.disabled)
    return {
      type: 'refused',
      verb: binding.verb,
      reason: `${keyName(key)} ${bindingName(binding)}: ${binding.disabled}`,
    }
  binding.run()
  return { type: 'ran', verb: binding.verb }
}

/** The word for a binding. */
export function bindingName(binding: Binding): string {
  return binding.name ?? verbs[binding.verb].name
}

/** How a key is written on the screen. */
export function keyName(key: Key): string {
  return key.replace('+', '-')
}

/** One line of the help screen. */
export interface HelpEntry {
  readonly keys: string
  readonly name: string
  readonly description: string
  readonly disabled: string | null
}

/** The help of a screen, made from its bindings. */
export function helpOf(
  bindings: readonly Binding[],
): readonly { readonly chapter: Chapter; readonly entries: readonly HelpEntry[] }[] {
  const bound = allVerbs().flatMap(name => bindings.find(binding => binding.verb === name) ?? [])
  return chapters
    .map(chapter => ({
      chapter,
      entries: bound.filter(binding => verbs[binding.verb].chapter === chapter).map(helpEntry),
    }))
    .filter(({ entries }) => entries.length > 0)
}

function helpEntry(binding: Binding): HelpEntry {
  const verb: Verb = verbs[binding.verb]
  return {
    keys: verb.keys.map(keyName).join(' '),
    name: bindingName(binding),
    description: verb.description,
    disabled: binding.disabled ?? null,
  }
}
