/** What one entity needs so that the gateway is as Git says. */
export type Operation = 'create' | 'update' | 'delete'

/** How both faces mark what is made, changed and deleted. */
export const operationSigns: Readonly<Record<Operation, string>> = { create: '+', update: '~', delete: '-' }
