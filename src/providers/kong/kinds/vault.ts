import { isArray, isObject, type Json } from '../../../model/json.ts'
import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** Vaults that a gateway has by itself: no entity goes by these prefixes. */
const builtIn: ReadonlySet<string> = new Set(['env', 'aws', 'azure', 'conjur', 'gcp', 'hcv'])

/** Whether a reference to a vault stands somewhere in a value: https://developer.konghq.com/gateway/entities/vault/ */
function hasReference(value: Json): boolean {
  if (typeof value === 'string') {
    const [, prefix] = /^\{vault:\/\/([^/?}]+)/.exec(value) ?? []
    return prefix !== undefined && !builtIn.has(prefix)
  }
  return (isArray(value) || isObject(value)) && Object.values(value).some(hasReference)
}

/** Where `{vault://prefix/…}` references are looked up. */
export const vault: KongKind = {
  kind: 'vault',
  identity: {
    plural: 'vaults',
    listedAs: 'Vaults',
    unique: [['prefix']],
    identify: identifyByName('prefix'),
  },
  transport: {
    path: 'vaults',
    schema: 'vaults',
  },
  references: {
    level: 1,
    foreign: {},
    usedBy: { plugin: hasReference, partial: hasReference, certificate: hasReference, key: hasReference },
  },
  fields: {
    variant: 'name',
    configuration: 'config',
    tagged: true,
  },
  manifest: {
    fields: { ...stamped, name: 'text', prefix: 'text', description: 'text', config: 'object' },
    required: ['prefix'],
    known: ['prefix', 'id'],
  },
}
