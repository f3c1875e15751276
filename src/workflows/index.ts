export { FleetStore } from './fleet.ts'
export type * from './values.ts'
export { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts'
