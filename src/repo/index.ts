export { openRepository } from './open.ts'
export { isBelow, realPath } from './paths.ts'
export { replaceFiles } from './replace-file.ts'
export type { Repository } from './repository.ts'
export {
  cannotWrite,
  leadsOut,
  refuseLinkOut,
  writeNewFile,
  writeWholeFile,
  writeWholeFiles,
} from './write-file.ts'
