import type { Subcommand } from '../command.ts'
import { apply } from './apply.ts'
import { diff } from './diff.ts'
import { plan } from './plan.ts'
import { sync } from './sync.ts'

/** All subcommands, in the order of the help. */
export const subcommands: readonly Subcommand[] = [diff, plan, apply, sync]
