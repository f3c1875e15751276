import { Kinds } from '../model/kinds.ts'

/** One kind of gateway: all that the rest of gatewatch asks of it. */
export interface Provider {
  /** The key of its targets in `gatewatch.yaml`, as `kong`. */
  readonly name: string
  /** The kinds of entities that it compares and writes. */
  readonly kinds: Kinds
}

/** The providers that there are. */
export class Providers {
  readonly all: readonly [Provider, ...Provider[]]
  /** The kinds of all of them, for what is said of any target: rules of what is ignored, policies and waivers. */
  readonly kinds: Kinds

  constructor(all: readonly [Provider, ...Provider[]]) {
    this.all = all
    this.kinds = all.length === 1 ? all[0].kinds : new Kinds(all.flatMap(({ kinds }) => kinds.all))
  }

  /** The one that files and addresses on the command line are for, where no configuration says. */
  get usual(): Provider {
    return this.all[0]
  }

  /** The provider of a name. */
  named(name: string): Provider | undefined {
    return this.all.find(each => each.name === name)
  }
}
