export { connectionOf } from '../providers/kong/config/connection.ts'
export { homeDeckFile, isDeckFile, readDeckFile } from '../providers/kong/config/deck-file.ts'
export { deckPermissions } from '../providers/kong/config/deck-permissions.ts'
export { type DeckSettings, deckAddress, deckSettings } from '../providers/kong/config/deck-settings.ts'
export { readAddress, withAuthorization } from './address.ts'
export type { Fleet, FleetTarget } from './fleet.ts'
export { type GovernanceSettings, governanceOf } from './governance-schema.ts'
export {
  type CredentialSource,
  isFree,
  isLoopback,
  type Permissions,
  permissionsDigest,
  permissionsOf,
  type Sending,
} from './permissions.ts'
export { findFleetFile, fleetFrom, readFleet } from './read.ts'
export type { Recipient } from './sealing-schema.ts'
export { starterConfig } from './starter.ts'
export { type TrustRecord, TrustRecords } from './trust-records.ts'
