export { openRepository } from './open.ts'
export type { CommitInfo, Head, RefContent, RefWrite, Repository, RepositoryFile } from './repository.ts'
