export { readAddress, withAuthorization } from './address.ts'
export { connectionOf } from './connection.ts'
export { homeDeckFile, isDeckFile, readDeckFile } from './deck-file.ts'
export { deckPermissions } from './deck-permissions.ts'
export { type DeckSettings, deckAddress, deckSettings } from './deck-settings.ts'
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
