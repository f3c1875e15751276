import type { JsonObject } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { isDraftList, isDraftObject, type Selector, select, selectObjects } from './selecting/select.ts'
import { type DraftObject, draftOf, type EditedValue, historyKey } from './tool-file.ts'

/** What routes are put below. */
export interface Namespace {
  /** Before each path, as `/team`. */
  readonly prefix?: string
  /** Hosts behind those that are there. */
  readonly hosts: readonly string[]
  /** The hosts that are there go first. */
  readonly clearHosts: boolean
  /** Selectors that find no route are no mistake. */
  readonly allowEmpty: boolean
}

const routePaths: readonly Selector[] = [{ text: '$.routes[*]' }, { text: '$.services[*].routes[*]' }]

/**
 * Puts routes, all or those that selectors find, below a path and onto hosts. So that services see the paths that they
 * know, the prefix is taken away again: by the route itself where it strips its path, else from the service's path, else
 * by a pre-function plugin.
 */
export function applyNamespace(
  file: JsonObject,
  namespace: Namespace,
  selectors: readonly Selector[],
): Result<JsonObject> {
  const { prefix } = namespace
  const wrong = prefix === undefined ? undefined : wrongPrefix(prefix)
  if (wrong) return fail([wrong])
  const root = draftOf(file)
  delete root[historyKey]
  const all = selectObjects(root, routePaths)
  const found = selectors.length > 0 ? new Set(select(root, selectors)) : new Set<EditedValue>(all)
  const chosen = all.filter(route => found.has(route))
  if (found.size > chosen.length) return fail([notRoutes(found.size - chosen.length)])
  if (chosen.length === 0) return namespace.allowEmpty ? succeed(root) : fail([noRoutes(selectors)])
  if (prefix !== undefined) {
    const unstripped = new Set(chosen.filter(route => prefixPaths(route, prefix)))
    stripPrefix(selectObjects(root, [{ text: '$.services[*]' }]), all, unstripped, prefix)
  }
  for (const route of chosen) addHosts(route, namespace)
  return succeed(root)
}

/** Puts the paths of a route below a prefix; true where the upstream would then see the prefix. */
function prefixPaths(route: DraftObject, prefix: string): boolean {
  const paths = route.paths ?? []
  if (!isDraftList(paths)) return false
  route.paths =
    paths.length === 0 ? [prefix] : paths.map(path => (typeof path === 'string' ? below(prefix, path) : path))
  return (route.strip_path ?? true) !== true
}

/** A path below a prefix: `/b` below `/a` is `/a/b`, and `~/b$` is `~/a/b$`. */
function below(prefix: string, path: string): string {
  const [, sign = '', rest = ''] = /^(~?)\/?(.*)$/s.exec(path) ?? []
  const joint = prefix.endsWith('/') || rest === '' || (sign === '~' && rest === '$') ? '' : '/'
  return sign + prefix + joint + rest
}

/** Sees to it that upstreams do not see the prefix: once for a service whose routes all need it, else route by route. */
function stripPrefix(
  services: readonly DraftObject[],
  all: readonly DraftObject[],
  unstripped: ReadonlySet<DraftObject>,
  prefix: string,
): void {
  const owners = new Map(all.map(route => [route, serviceOf(route, services)]))
  const strippedElsewhere = new Set(
    all.filter(route => !unstripped.has(route)).map(route => owners.get(route)),
  )
  const done = new Set<DraftObject>()
  for (const route of unstripped) {
    const service = owners.get(route)
    if (!service || strippedElsewhere.has(service)) addPlugin(route, prefix)
    else if (!done.has(service)) {
      done.add(service)
      if (!cutServicePath(service, prefix)) addPlugin(service, prefix)
    }
  }
}

/** The service that a route stands below, or names. */
function serviceOf(route: DraftObject, services: readonly DraftObject[]): DraftObject | undefined {
  const holder = services.find(({ routes }) => isDraftList(routes) && routes.includes(route))
  if (holder) return holder
  const given = isDraftObject(route.service) ? (route.service.id ?? route.service.name) : route.service
  if (typeof given !== 'string') return undefined
  return services.find(({ id }) => id === given) ?? services.find(({ name }) => name === given)
}

/** Takes the prefix from the end of a service's path, where it stands there. */
function cutServicePath(service: DraftObject, prefix: string): boolean {
  if (typeof service.path !== 'string') return false
  const [path, end] = [service.path, prefix].map(text => (text.endsWith('/') ? text : `${text}/`))
  if (path === undefined || end === undefined || !path.endsWith(end)) return false
  service.path = `${path.slice(0, -end.length)}/`
  return true
}

function addPlugin(owner: DraftObject, prefix: string): void {
  const plugin = { name: 'pre-function', config: { access: [strippingCode(prefix)] } }
  if (isDraftList(owner.plugins)) owner.plugins.push(plugin)
  else owner.plugins = [plugin]
}

/**
 * Lua that takes a prefix from the path that the upstream sees, the first time that it stands there, for before it can
 * come the service's own path.
 */
function strippingCode(prefix: string): string {
  const quoted = `'${prefix.replace(/[\\']/g, '\\$&')}'`
  return `local prefix = ${quoted} -- taken from the path that the upstream sees
local path = ngx.var.upstream_uri
local first, last = path:find(prefix:sub(-1) == '/' and prefix or prefix .. '/', 1, true)
if first then
  path = path:sub(1, first) .. path:sub(last + 1)
elseif path:sub(-#prefix) == prefix then
  path = path:sub(1, -#prefix - 1)
end
ngx.var.upstream_uri = path == '' and '/' or path`
}

function addHosts(route: DraftObject, { hosts, clearHosts }: Namespace): void {
  const there = route.hosts ?? []
  if (!isDraftList(there) || (!isDraftList(route.hosts) && hosts.length === 0)) return
  const kept = clearHosts ? [] : there
  route.hosts = [...kept, ...new Set(hosts.filter(host => !kept.includes(host)))]
}

function wrongPrefix(prefix: string): Problem | undefined {
  if (/^\/[^/]/.test(prefix) && !/\s/.test(prefix)) return undefined
  return {
    code: 'path-prefix',
    message: `--path-prefix ${JSON.stringify(prefix)} is no path to put routes below`,
    hint: 'Begin it with one slash and a name, as in --path-prefix /team.',
  }
}

function notRoutes(count: number): Problem {
  return {
    code: 'not-routes',
    message: `the selectors find ${count} ${count === 1 ? 'thing that is no route' : 'things that are no routes'}`,
    hint: 'Select routes, as in $..routes[*], or leave --selector out for all of them.',
  }
}

function noRoutes(selectors: readonly Selector[]): Problem {
  return {
    code: 'no-routes',
    message: selectors.length > 0 ? 'the selectors find no route' : 'the file holds no route',
    hint: 'Say --allow-empty-selectors where that is no mistake.',
  }
}
