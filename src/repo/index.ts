export { openRepository } from './open.ts'
export { isBelow, realPath } from './paths.ts'
export type { Repository } from './repository.ts'
export { cannotWrite, leadsOut, refuseLinkOut, writeWholeFile } from './write-file.ts'
