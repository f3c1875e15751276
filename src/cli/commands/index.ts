import type { Subcommand } from '../command.ts'
import { addTags } from './add-tags.ts'
import { apply } from './apply.ts'
import { check } from './check.ts'
import { console } from './console.ts'
import { convert } from './convert.ts'
import { coverage } from './coverage.ts'
import { demo } from './demo.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { dump } from './dump.ts'
import { explain } from './explain.ts'
import { fleet } from './fleet.ts'
import { generate } from './generate.ts'
import { init } from './init.ts'
import { inventory } from './inventory.ts'
import { lint } from './lint.ts'
import { listTags } from './list-tags.ts'
import { merge } from './merge.ts'
import { patch } from './patch.ts'
import { plan } from './plan.ts'
import { policy } from './policy.ts'
import { removeTags } from './remove-tags.ts'
import { render } from './render.ts'
import { sandbox } from './sandbox.ts'
import { sync } from './sync.ts'
import { traffic } from './traffic.ts'

/** All subcommands, in the order of the help. */
export const subcommands: readonly Subcommand[] = [
  console,
  fleet,
  inventory,
  diff,
  plan,
  apply,
  sync,
  generate,
  lint,
  check,
  policy,
  coverage,
  render,
  convert,
  merge,
  patch,
  addTags,
  removeTags,
  listTags,
  explain,
  traffic,
  dump,
  doctor,
  demo,
  init,
  sandbox,
]
