export type { GatewayConfiguration, SandboxConfiguration, SeedLists, SeedRequest } from './configuration.ts'
export type { Fault, FaultName } from './faults.ts'
export {
  type GatewayControl,
  launchSandbox,
  type RunningSandbox,
  SandboxError,
  type SandboxGateway,
} from './launch.ts'
export type { LoggedRequest } from './request-log.ts'
