import { isArray, isObject, type Json } from '../../../model/json.ts'
import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

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
export const vault: KindDefinition = {
  kind: 'vault',
  listedAs: 'Vaults',
  plural: 'vaults',
  path: 'vaults',
  schema: 'vaults',
  level: 1,
  foreign: {},
  usedBy: { plugin: hasReference, partial: hasReference, certificate: hasReference, key: hasReference },
  unique: [['prefix']],
  secrets: [],
  derived: [],
  variant: 'name',
  tagged: true,
  identify: identifyByName('prefix'),
}
