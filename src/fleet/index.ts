export { connectionOf } from './connection.ts'
export type { Fleet, FleetTarget } from './fleet.ts'
export { findFleetFile, fleetFrom, readFleet } from './read.ts'
export { starterConfig } from './starter.ts'
