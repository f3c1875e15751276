import { identifyByName, type KindDefinition } from './definition.ts'

/** Where `{vault://prefix/…}` references are looked up. */
export const vault: KindDefinition = {
  kind: 'vault',
  plural: 'vaults',
  path: 'vaults',
  schema: 'vaults',
  level: 1,
  foreign: {},
  unique: [['prefix']],
  secrets: [],
  derived: [],
  variant: 'name',
  tagged: true,
  identify: identifyByName('prefix'),
}
