export { openRepository } from './open.ts'
export type { Repository } from './repository.ts'
export { cannotWrite, leadsOut, refuseLinkOut, writeWholeFile } from './write-file.ts'
