export { openRepository } from './open.ts'
export type { Repository } from './repository.ts'
