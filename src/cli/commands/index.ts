import type { Subcommand } from '../command.ts'
import { apply } from './apply.ts'
import { diff } from './diff.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { dump } from './dump.ts'
import { fleet } from './fleet.ts'
import { init } from './init.ts'
import { inventory } from './inventory.ts'
import { plan } from './plan.ts'
import { sandbox } from './sandbox.ts'
import { sync } from './sync.ts'

/** All subcommands, in the order of the help. */
export const subcommands: readonly Subcommand[] = [
  fleet,
  inventory,
  diff,
  plan,
  apply,
  sync,
  dump,
  doctor,
  demo,
  init,
  sandbox,
]
