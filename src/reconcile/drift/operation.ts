/** What one entity needs so that the gateway is as Git says. */
export type Operation = 'create' | 'update' | 'delete'
