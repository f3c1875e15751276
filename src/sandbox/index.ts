export type { Fault } from './faults/faults.ts'
export { type Flavour, flavours } from './gateway/flavours.ts'
export type { SeedRequest } from './process/configuration.ts'
export { type GatewayControl, launchSandbox, type RunningSandbox, SandboxError } from './process/launch.ts'
