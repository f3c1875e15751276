import type { Problem, Result } from '../model/problem.ts'

/** Who wrote a line, and when. */
export interface CommitInfo {
  readonly commit: string
  readonly author: string
  /** ISO 8601. */
  readonly at: string
  readonly summary: string
}

/** A file at a commit or in the work tree. */
export interface RepositoryFile {
  /** Relative to the repository's top folder, with `/`. */
  readonly path: string
  readonly text: string
}

/** Where HEAD is. */
export interface Head {
  /** Null when detached. */
  readonly branch: string | null
  /** Null before the first commit. */
  readonly commit: string | null
}

/** Who wrote a commit; the email address distinguishes people. */
export interface Authorship {
  readonly name: string
  readonly email: string
  /** ISO 8601. */
  readonly at: string
}

/**
 * Whose signature a commit has; `not trusted`: it is valid, but nothing says that the key belongs to whom it claims.
 */
export type Signature =
  | { readonly state: 'none' }
  | { readonly state: 'good' | 'not trusted'; readonly email: string; readonly fingerprint: string }
  | { readonly state: 'bad'; readonly why: string }

/** What one of our refs holds: a commit with a small tree of files. */
export interface RefContent {
  /** The commit: what the next write expects. */
  readonly commit: string
  readonly files: ReadonlyMap<string, string>
  /** Why what the ref points to can't be read; there are no files then. */
  readonly damage?: Problem
}

/** How a ref is written. */
export interface RefWriteOptions {
  /** The commit that the ref must point to; null: the ref must not exist. */
  readonly expected: string | null
  readonly message: string
  readonly follows?: false
}

/** The result of a compare-and-swap of a ref; `moved`: someone else wrote it first, and nothing was changed. */
export type RefWrite = { readonly type: 'written'; readonly commit: string } | { readonly type: 'moved' }

/** One Git repository, through the `git` binary. Runs no hooks, opens no pager and asks for no password. */
export interface Repository {
  /** The top folder of the work tree, absolute. */
  readonly folder: string
  /** The folder's name. */
  readonly name: string
  head(): Promise<Result<Head>>
  /** The full commit id of a branch, tag or id. */
  resolve(ref: string): Promise<Result<string>>
  /**
   * A path relative to the top folder, with `/`; null if it is outside. Relative paths are resolved from the working
   * directory.
   */
  relative(path: string): string | null
  /**
   * Files at a commit, without a checkout: those named, and those with the given extensions below named folders. Paths
   * are relative to the top folder.
   */
  filesAt(
    commit: string,
    paths: readonly string[],
    extensions: readonly string[],
  ): Promise<Result<readonly RepositoryFile[]>>
  /** Which files below these paths differ from the commit (edited, added, deleted, not tracked). */
  edited(paths: readonly string[]): Promise<Result<readonly string[]>>
  /** Who last wrote each of these lines at a commit; lines that the commit does not have are left out. */
  blame(
    commit: string,
    path: string,
    lines: readonly number[],
  ): Promise<Result<ReadonlyMap<number, CommitInfo>>>
  /** Who last wrote each of these lines in the work tree; lines not committed yet are left out. */
  blameWorkTree(path: string, lines: readonly number[]): Promise<Result<ReadonlyMap<number, CommitInfo>>>
  /** The commits that changed files below these paths, from HEAD backwards, newest first, so many at most. */
  commitsOf(paths: readonly string[], most: number): Promise<Result<readonly string[]>>
  /** The commit itself. */
  commitInfo(commit: string): Promise<Result<CommitInfo>>
  /** Who wrote commits, by id. */
  authors(commits: readonly string[]): Promise<Result<ReadonlyMap<string, Authorship>>>
  /** Who signed a commit. Runs gpg or ssh-keygen if git needs them for it. */
  signature(commit: string): Promise<Result<Signature>>
  /** What a ref below `refs/gatewatch/` holds; null if there is none, a problem if its file is damaged. */
  readRef(ref: string): Promise<Result<RefContent | null>>
  /**
   * Puts files into a ref below `refs/gatewatch/` as a new commit on top of `expected` (null: the ref must not exist),
   * only while the ref is still at `expected`. The files replace everything that the ref held. With `follows: false`
   * the commit has no parent: the previous content is irrelevant, or damaged.
   */
  writeRef(
    ref: string,
    files: ReadonlyMap<string, string>,
    options: RefWriteOptions,
  ): Promise<Result<RefWrite>>
  /** Whether a ref below `refs/gatewatch/` could be written now: locks it for a moment, and leaves it unchanged. */
  canWriteRef(ref: string): Promise<readonly Problem[]>
  /** Deletes a ref below `refs/gatewatch/` while it is at `expected`. */
  deleteRef(ref: string, expected: string): Promise<Result<{ readonly type: 'deleted' | 'moved' }>>
  /** The names of refs below a prefix, such as `refs/gatewatch/ledger/`. */
  refs(prefix: string): Promise<Result<readonly string[]>>
  /** The names of the remotes that are configured. */
  remotes(): Promise<Result<readonly string[]>>
  /**
   * Fetches a ref below `refs/gatewatch/` from a remote; null if the remote doesn't have it. The local ref follows it.
   */
  fetchRef(remote: string, ref: string): Promise<Result<string | null>>
  /** Pushes a ref below `refs/gatewatch/`, only while the remote's is at `expected` (null: the remote must not have it). */
  pushRef(
    remote: string,
    ref: string,
    expected: string | null,
  ): Promise<Result<{ readonly type: 'pushed' | 'moved' }>>
  /** `name <email>` as Git would sign a commit here; null where it is not configured. */
  user(): Promise<string | null>
}
