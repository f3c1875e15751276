/** What one entity needs for the gateway to match Git. */
export type Operation = 'create' | 'update' | 'delete'

/** How both faces mark what is created, changed and deleted. */
export const operationSigns: Readonly<Record<Operation, string>> = { create: '+', update: '~', delete: '-' }
