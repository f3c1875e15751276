import type { Problem, Result } from '../../model/problem.ts'
import type { LockHolder } from './lock-holder.ts'

/** A held lock: one sync per target at a time. */
export interface Lock {
  /** Releases it; returns what prevented that. */
  release(): Promise<readonly Problem[]>
}

/** A lock as it was seen. */
export interface SeenLock {
  readonly holder: LockHolder
  /** Opaque: what a `break` expects to remove. */
  readonly version: string
}

/** The record that a lock was removed from its holder, and why. */
export interface BrokenLock {
  readonly at: string
  readonly by: string
  /** Null: its process was known to be dead. */
  readonly reason: string | null
  /** Who held it, in words. */
  readonly from: string
}

/** Takes and shows locks. */
export interface Locks {
  /** A lock whose process is known to be dead counts for nothing. */
  take(target: string, by: string): Promise<Result<Lock>>
  /** Null: nobody holds it. */
  seen(target: string): Promise<Result<SeenLock | null>>
  /** Removes a lock if it is still the one that was seen, and records that first; false: it is another one by now. */
  break(target: string, seen: SeenLock, record: BrokenLock): Promise<Result<boolean>>
  /** The last time that a lock of this target was removed; null: never. */
  lastBroken(target: string): Promise<Result<BrokenLock | null>>
}
