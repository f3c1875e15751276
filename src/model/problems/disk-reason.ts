const reasons: Readonly<Record<string, string>> = {
  EACCES: 'writing there is not allowed',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file reached its maximum size',
  EIO: 'the disk failed',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'writing there is not allowed',
  EROFS: 'the disk is read-only',
}

/** The system's code of an error, such as `ENOSPC`; empty if there is none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Why something could not be written, in words. */
export function diskReason(error: unknown): string {
  return reasons[errnoOf(error)] ?? (error instanceof Error ? error.message : String(error))
}
