import { type EntityRef, refText } from '../model/entity.ts'
import type { Place } from '../model/problem.ts'
import { entitiesAs, isReadAs, refAs } from '../model/state/facets.ts'
import { entitiesOf, type State } from '../model/state/state.ts'
import type { DescribedCall, RouteDescription } from './description.ts'
import type { TargetInfo } from './item.ts'
import { timesNamed } from './left-over.ts'
import { descriptionOf, type StateTools } from './state-items.ts'

/**
 * What keeps a route, a service or an operation from being covered:
 * - `shadow`: at the gateway but in no manifest;
 * - `zombie`: in a manifest, but in no specification;
 * - `undocumented`: at the gateway, but in no specification or manifest;
 * - `orphaned`: nothing leads to it, or it leads nowhere;
 * - `not exposed`: an operation that no route of the gateway answers;
 * - `beyond the specification`: a route that answers more than its specification describes.
 */
export const coverageGaps = [
  'shadow',
  'zombie',
  'undocumented',
  'orphaned',
  'not exposed',
  'beyond the specification',
] as const

export type CoverageGap = (typeof coverageGaps)[number]

/** Each gap in words. */
export const gapMeanings: Readonly<Record<CoverageGap, string>> = {
  shadow: 'at the gateway, but in no manifest',
  zombie: 'in a manifest, but in no specification',
  undocumented: 'at the gateway, but in no specification or manifest',
  orphaned: 'nothing leads to it, or it leads nowhere',
  'not exposed': 'described, but no route answers it',
  'beyond the specification': 'answers more than its specification has',
}

/** One entry of the list behind the number. */
export interface CoverageEntry {
  readonly gap: CoverageGap
  readonly target: string
  /** As `route`, `service`, `operation`. */
  readonly kind: string
  readonly name: string
  readonly detail: string
  /** The line of the manifest or specification; null: it is in no file. */
  readonly place: Place | null
}

/** How far the APIs of one target are covered. */
export interface TargetCoverage {
  readonly target: string
  readonly environment: string
  /**
   * Routes at the gateway, and how many of them are in a manifest, are described by a specification, and answer no more
   * than that. Without specifications, manifests alone count.
   */
  readonly routes: number
  readonly covered: number
  /** Operations of all specifications, and how many of them a route answers. */
  readonly operations: number
  readonly exposed: number
  readonly entries: readonly CoverageEntry[]
}

/** The input of coverage: one target, as read. */
export interface CoverageInput {
  readonly info: TargetInfo
  readonly manifest: State | null
  readonly live: State
  readonly described: readonly DescribedCall[] | null
}

/** How far the APIs of a target are covered, with the list behind it. Pure. */
export function coverageOf(input: CoverageInput, tools: StateTools): TargetCoverage {
  const { info, live, manifest, described } = input
  const ofLive = descriptionOf(live, described, tools)
  const ofManifest = manifest && descriptionOf(manifest, described, tools)
  const entries: CoverageEntry[] = []
  const add = (gap: CoverageGap, ref: EntityRef, name: string, detail: string): void => {
    const place = manifest?.entities.get(ref.kind)?.get(ref.key)?.source?.place() ?? null
    entries.push({ gap, target: info.name, kind: ref.kind, name, detail, place })
  }
  let covered = 0
  const routes = entitiesAs(live, 'route')
  for (const route of routes) {
    const managed = manifest ? isIn(manifest, route) : null
    const description = ofLive?.routes.get(route.key)
    if (managed === false) add('shadow', route, route.name, 'in no manifest')
    if (ofLive && !description && managed !== true) {
      add('undocumented', route, route.name, 'no specification describes it')
    }
    if (description && description.beyond.length > 0) {
      add('beyond the specification', route, route.name, beyondText(description))
    }
    const asDescribed = !ofLive || (description !== undefined && description.beyond.length === 0)
    if (managed !== false && asDescribed) covered += 1
  }
  for (const service of entitiesAs(live, 'service')) {
    if (manifest && !isIn(manifest, service)) add('shadow', service, service.name, 'in no manifest')
  }
  for (const route of manifest && ofManifest ? entitiesAs(manifest, 'route') : []) {
    if (!ofManifest?.routes.has(route.key)) add('zombie', route, route.name, 'no specification describes it')
  }
  for (const { ref, name, detail } of orphansOf(live)) add('orphaned', ref, name, detail)
  const calls = new Map(described?.map(call => [nameOf(call), call]))
  const hidden = new Map(ofLive?.notExposed.map(call => [nameOf(call), call]))
  for (const [name, { operation }] of hidden) {
    const { place } = operation
    const detail = `no route of ${info.name} answers it`
    entries.push({ gap: 'not exposed', target: info.name, kind: 'operation', name, detail, place })
  }
  return {
    target: info.name,
    environment: info.environment,
    routes: routes.length,
    covered,
    operations: calls.size,
    exposed: calls.size - hidden.size,
    entries: entries.sort(
      (a, b) =>
        coverageGaps.indexOf(a.gap) - coverageGaps.indexOf(b.gap) ||
        a.kind.localeCompare(b.kind) ||
        a.name.localeCompare(b.name),
    ),
  }
}

/** The list behind a number, by gap; the same entry at several targets is grouped. */
export function entriesByGap(entries: readonly CoverageEntry[]): readonly {
  readonly gap: CoverageGap
  readonly rows: readonly { readonly entry: CoverageEntry; readonly targets: readonly string[] }[]
}[] {
  return coverageGaps.flatMap(gap => {
    const own = entries.filter(entry => entry.gap === gap)
    const groups = Map.groupBy(own, ({ kind, name, place }) =>
      JSON.stringify([kind, name, place?.file, place?.line]),
    )
    const rows = [...groups.values()].flatMap(group => {
      const [first] = group
      return first ? [{ entry: first, targets: group.map(each => each.target) }] : []
    })
    return rows.length > 0 ? [{ gap, rows }] : []
  })
}

function isIn(state: State, { kind, key }: EntityRef): boolean {
  return state.entities.get(kind)?.has(key) ?? false
}

function nameOf({ operation }: DescribedCall): string {
  return `${operation.method} ${operation.template}`
}

function beyondText({ beyond }: RouteDescription): string {
  return `answers ${beyond.join(', ')} too`
}

/** Services without routes, routes without a service, and what none names that should lead to it, as upstreams. */
function orphansOf(
  state: State,
): readonly { readonly ref: EntityRef; readonly name: string; readonly detail: string }[] {
  const { kinds } = state
  if (!isReadAs(state, 'route') || !isReadAs(state, 'service')) return []
  const routes = entitiesAs(state, 'route').map(route => ({ route, service: refAs(route, 'service', kinds) }))
  const served = new Set(routes.map(({ service }) => service && refText(service)))
  return [
    ...entitiesAs(state, 'service')
      .filter(service => !served.has(refText(service)))
      .map(service => ({ ref: service, name: service.name, detail: 'no route leads to it' })),
    ...routes
      .filter(({ service }) => !service)
      .map(({ route }) => ({ ref: route, name: route.name, detail: 'it leads to no service' })),
    ...kinds.all.flatMap(({ kind, meaning }) => {
      const namedBy = meaning?.namedBy
      if (!namedBy) return []
      const named = timesNamed(state, namedBy)
      return entitiesOf(state, kind)
        .filter(({ name }) => !named.has(name))
        .map(entity => ({ ref: entity, name: entity.name, detail: `no ${namedBy.kind} uses it` }))
    }),
  ]
}
