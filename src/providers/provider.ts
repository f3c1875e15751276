import type { PackRule } from '../governance/pack/rule.ts'
import type { Api } from '../model/api.ts'
import type { Entity } from '../model/entity.ts'
import type { Result } from '../model/problem.ts'
import type { Routing } from '../model/routing/routing.ts'
import { Kinds } from '../model/schema/kinds.ts'
import type { Schemas } from '../model/schema/schema.ts'
import type { State } from '../model/state/state.ts'
import type { TargetConfig } from './config.ts'
import type { ManifestFormat } from './manifest.ts'
import type { Connection, RouterIdentity, Session } from './session.ts'

/** A route with its service, or a service without routes, as the inventory tells it; what protects it is told by `routing`. */
export interface ApiFacet
  extends Omit<
    Api,
    'target' | 'environment' | 'authentication' | 'managed' | 'specification' | 'unreachable'
  > {
  /** The entity that the row is of. */
  readonly entity: Entity
}

/** One kind of gateway: all that the rest of gatewatch asks of it. */
export interface Provider {
  /** The key of its targets in `gatewatch.yaml`, as `kong`. */
  readonly name: string
  /** How its targets are configured. */
  readonly config: TargetConfig
  /** The kinds of entities that it compares and writes. */
  readonly kinds: Kinds
  /** The files that say how its gateways should be. */
  readonly manifests: ManifestFormat
  /** What `schemasWithoutGateway` gives, as `the schemas of Kong Gateway 3.9.1`. */
  readonly schemasFrom: string
  /** The schemas to compare by where there is no gateway to ask. */
  schemasWithoutGateway(): Schemas
  /** Opens a session with whatever gateway a connection leads to. */
  connect(connection: Connection, signal: AbortSignal): Promise<Result<Session>>
  /** The names of all workspaces of a gateway, in its order; absent: gateways have none. */
  workspaces?(connection: Connection, signal: AbortSignal): Promise<Result<readonly string[]>>
  /** The inventory of a gateway; what it can't know is null. */
  apis(state: State): readonly ApiFacet[]
  /** Loads how its gateways answer requests, and what protects them; absent: that is "not known from here". */
  routing?(): Promise<Routing>
  /** Loads the rules that come with gatewatch about its manifests and gateways; absent: there are none. */
  rules?(): Promise<readonly PackRule[]>
  /** Why `routing` has nothing to say of a gateway, a clause; null: it has. */
  notModelled(identity: RouterIdentity): string | null
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

  /** The rules that come with gatewatch about manifests and gateways; those that providers share once. */
  async rules(): Promise<readonly PackRule[]> {
    const all = await Promise.all(this.all.map(async each => (await each.rules?.()) ?? []))
    return [...new Map(all.flat().map(rule => [rule.id, rule])).values()]
  }

  /** The provider of a name. */
  named(name: string): Provider | undefined {
    return this.all.find(each => each.name === name)
  }
}
