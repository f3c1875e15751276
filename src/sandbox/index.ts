export type { SeedRequest } from './configuration.ts'
export type { Fault } from './faults.ts'
export { type Flavour, flavours } from './flavours.ts'
export { type GatewayControl, launchSandbox, type RunningSandbox, SandboxError } from './launch.ts'
