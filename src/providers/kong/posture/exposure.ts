import type { RouteConfig } from '../router/index.ts'

/**
 * What a route answers, one line for each method, host and path: `GET api.pay.example/disputes`. `ANY` and
 * `*` where it asks for no method or host; a regex path with its captures as `{name}`.
 */
export function exposesOf(route: RouteConfig): readonly string[] {
  const methods = route.methods?.length ? route.methods : ['ANY']
  const hosts = route.hosts?.length ? route.hosts : ['*']
  const paths = route.paths?.length ? route.paths.map(readablePath) : ['/']
  return methods.flatMap(method => hosts.flatMap(host => paths.map(path => `${method} ${host}${path}`)))
}

/** `/disputes/{id}` for `~/disputes/(?<id>[^/]+)$`; other paths as they are. */
function readablePath(path: string): string {
  if (!path.startsWith('~')) return path
  return path
    .slice(1)
    .replace(/\$$/, '')
    .replace(/\(\?P?<([A-Za-z_]\w*)>(?:[^()[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\])*\)/g, '{$1}')
    .replace(/\\(?=[./-])/g, '')
}
