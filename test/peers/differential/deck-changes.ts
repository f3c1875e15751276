import * as z from 'zod'
import type { Json } from '../../../src/model/json.ts'
import { targetAddress } from '../../../src/providers/kong/kinds/target-address.ts'
import { deck } from '../deck.ts'

const body = z.record(z.string(), z.json()).nullable()
const event = z.object({
  name: z.string(),
  kind: z.string(),
  body: z.object({ new: body.optional(), old: body.optional() }).nullish(),
})
const output = z.object({
  changes: z.object({ creating: z.array(event), updating: z.array(event), deleting: z.array(event) }),
  errors: z.array(z.string()),
})

export type DeckEvent = z.infer<typeof event> & { readonly operation: 'create' | 'update' | 'delete' }

/** What decK would do, or what it said instead. */
export type DeckChanges =
  | { readonly events: readonly DeckEvent[]; readonly errors: readonly string[] }
  | { readonly refused: string }

/** The changes that decK finds between manifest files and a gateway. */
export async function deckChanges(address: string, files: readonly string[]): Promise<DeckChanges> {
  const { out, err } = await deck(address, [
    'gateway',
    'diff',
    '--json-output',
    '--parallelism',
    '1',
    '--no-mask-deck-env-vars-value',
    ...files,
  ])
  // One at a time: it loses events that it finds side by side. Warnings may stand before the JSON.
  const start = out.indexOf('{')
  if (start < 0) return { refused: out + err }
  const { changes, errors } = output.parse(JSON.parse(out.slice(start)))
  return {
    events: [
      ...changes.creating.map(each => ({ ...each, operation: 'create' as const })),
      ...changes.updating.map(each => ({ ...each, operation: 'update' as const })),
      ...changes.deleting.map(each => ({ ...each, operation: 'delete' as const })),
    ],
    errors,
  }
}

/** The lists of a gateway, by Admin API path. */
export type Lists = Readonly<Record<string, readonly Readonly<Record<string, Json | undefined>>[]>>

/**
 * Changes of decK in the words of gatewatch: it names some entities by ids that it makes up or that only the gateway
 * knows, consumers without a user name among them.
 */
export function deckLines(events: readonly DeckEvent[], live: Lists, givenIds: string): readonly string[] {
  const upstreams = new Map((live.upstreams ?? []).map(each => [each.id, each.name]))
  const customIds = new Map((live.consumers ?? []).map(each => [each.id, customIdOf(each)]))
  for (const { kind, body: bodies } of events) {
    if (kind === 'upstream' && bodies?.new) upstreams.set(bodies.new.id, bodies.new.name)
    if (kind === 'consumer' && bodies?.new) customIds.set(bodies.new.id, customIdOf(bodies.new))
  }
  const isKnown = (id: string): boolean =>
    givenIds.includes(id) || Object.values(live).some(list => list.some(each => each.id === id))
  return events
    .map(({ operation, kind, name }) => {
      if (kind === 'target') {
        const [, address = '', upstream = ''] = /^(.*) for upstream (\S+)$/.exec(name) ?? []
        return `${operation} target ${targetAddress(address)} for upstream ${upstreams.get(upstream) ?? upstream}`
      }
      const customId = kind === 'consumer' ? customIds.get(name) : undefined
      if (customId !== undefined) return `${operation} consumer ${customId}`
      const madeUp = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name) && !isKnown(name)
      const named = name.replace(/ consumer (\S+)/, (given, id: string) => {
        const of = customIds.get(id)
        return of === undefined ? given : ` consumer custom_id ${of}`
      })
      return `${operation} ${kind} ${madeUp ? kind : named}`
    })
    .sort()
}

/** What a consumer without a user name is known by. */
function customIdOf({ username, custom_id }: Lists[string][number]): string | undefined {
  return typeof username !== 'string' && typeof custom_id === 'string' ? custom_id : undefined
}
