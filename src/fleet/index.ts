export { connectionOf } from './connection.ts'
export type { CredentialRef, Fleet, FleetTarget, KongConfig } from './fleet.ts'
export { findFleetFile, fleetFrom, readFleet } from './read.ts'
export { type StarterOptions, starterConfig } from './starter.ts'
