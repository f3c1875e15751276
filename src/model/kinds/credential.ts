import type { Identity, IdentityView, KindDefinition } from './definition.ts'

/** A credential of a consumer: its list, its schema, and what tells it from others. */
export function credential(options: {
  readonly kind: string
  readonly plural: string
  readonly path: string
  /** The path's segment below a consumer. */
  readonly segment: string
  readonly schema: string
  readonly secrets: readonly string[]
  readonly alwaysGiven?: readonly string[]
  readonly hashed?: NonNullable<KindDefinition['hashed']>
  readonly identify: (view: IdentityView) => Identity | undefined
}): KindDefinition {
  const { segment, identify, ...rest } = options
  return {
    ...rest,
    writtenUnder: { field: 'consumer', segment },
    level: 2,
    foreign: { consumer: { kind: 'consumer', onDelete: 'cascade' } },
    derived: [],
    tagged: true,
    identify(view) {
      const own = identify(view)
      const consumer = view.ref('consumer')
      if (!own) return undefined
      return consumer ? { key: own.key, name: `${own.name} for consumer ${consumer.key}` } : own
    },
  }
}

/** The identity of a credential that carries a public, unique field. */
export function identifyByField(field: string, shown = field): (view: IdentityView) => Identity | undefined {
  return view => {
    const key = view.text(field) ?? view.id
    return key === undefined ? undefined : { key, name: view.text(shown) ?? key }
  }
}
