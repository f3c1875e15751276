import type { Identity, IdentityView, KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A credential of a consumer: its list, its schema, and what tells it from others. */
export function credential(options: {
  readonly kind: string
  readonly plural: string
  readonly path: string
  /** The path's segment below a consumer. */
  readonly segment: string
  readonly schema: string
  /** The plugins that ask these credentials: whom they let pass hangs on them. */
  readonly checkedBy: readonly string[]
  readonly listedAs?: string
  readonly edition?: 'enterprise'
  readonly foreign?: KindDefinition['foreign']
  readonly unique: KindDefinition['unique']
  readonly secrets: readonly string[]
  readonly hashed?: NonNullable<KindDefinition['hashed']>
  readonly countsDown?: readonly string[]
  readonly alwaysGiven?: readonly string[]
  readonly normalise?: NonNullable<KindDefinition['normalise']>
  readonly identify: (view: IdentityView) => Identity | undefined
  /** Whether the gateway makes up what the credential is known by; the fields that it is then told by. */
  readonly generatedFor?: readonly string[]
  readonly numberedUnder?: 'consumer'
}): KindDefinition {
  const { segment, identify, foreign, generatedFor, checkedBy, ...rest } = options
  return {
    ...rest,
    writtenUnder: { field: 'consumer', segment },
    level: 2,
    foreign: { consumer: { kind: 'consumer', onDelete: 'cascade' }, ...foreign },
    derived: [],
    usedBy: { plugin: ({ name }) => typeof name === 'string' && checkedBy.includes(name) },
    tagged: true,
    identify(view) {
      const own = identify(view)
      const consumer = view.ref('consumer')
      if (!own) return undefined
      if (own.name === undefined || !consumer) return own
      return { key: own.key, name: `${own.name} for consumer ${consumer.key}` }
    },
    ...(generatedFor
      ? {
          slot(view) {
            const told = generatedFor.map(field => view.text(field) ?? '')
            return ['generated', ...told, `for consumer ${view.ref('consumer')?.key ?? '?'}`].join(' ')
          },
        }
      : {}),
  }
}

/** The identity of a credential that carries a public, unique field. */
export function identifyByField(field: string, shown = field): (view: IdentityView) => Identity | undefined {
  return view => {
    const key = view.text(field) ?? view.id
    return key === undefined ? undefined : { key, name: view.text(shown) ?? key }
  }
}
