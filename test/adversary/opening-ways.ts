/** From one manifest to another: what must not open anything on the way. */
export interface Way {
  readonly name: string
  readonly before: object
  readonly after: object
  /** Paths that are asked for without any credential. */
  readonly probes: readonly string[]
}

const id = (kind: number, number: number): string =>
  `${String(kind).repeat(8)}-0000-4000-8000-00000000000${number}`

const keyAuth = { name: 'key-auth' }
const consumers = [{ username: 'joe', keyauth_credentials: [{ key: 'a-key-of-joe-that-is-long' }] }]

/** `upstream`: the port of what answers behind the gateway. */
export function ways(upstream: number): readonly Way[] {
  const service = (name: string, more: object = {}): object => ({
    name,
    host: '127.0.0.1',
    port: upstream,
    protocol: 'http',
    ...more,
  })
  const route = (name: string, path: string, more: object = {}): object => ({ name, paths: [path], ...more })
  const closed = { plugins: [keyAuth] }
  /** Two routes, each with a plugin of the id that is named, if any is. */
  const routesWith = (...ids: readonly number[]): readonly object[] =>
    ['r', 's'].map((name, i) => {
      const own = ids[i]
      const more = own === undefined ? {} : { plugins: [{ ...keyAuth, id: id(3, own) }] }
      return route(name, `/${name}`, more)
    })
  return [
    {
      name: 'all is new',
      before: {},
      after: {
        services: [
          service('a', { routes: [route('r', '/r', closed)] }),
          service('b', { plugins: [keyAuth], routes: [route('s', '/s'), route('t', '/t')] }),
        ],
        plugins: [{ name: 'cors' }],
        consumers,
      },
      probes: ['/r', '/s', '/t'],
    },
    {
      name: 'a route with a plugin of its own is new at a live service',
      before: { services: [service('a', { routes: [route('public', '/public')] })], consumers },
      after: {
        services: [service('a', { routes: [route('public', '/public'), route('r', '/r', closed)] })],
        consumers,
      },
      probes: ['/public', '/r'],
    },
    {
      name: 'a plugin of a route is replaced by one with another id',
      before: {
        services: [service('a', { routes: [route('r', '/r', { plugins: [{ ...keyAuth, id: id(3, 1) }] })] })],
      },
      after: {
        services: [service('a', { routes: [route('r', '/r', { plugins: [{ ...keyAuth, id: id(3, 2) }] })] })],
      },
      probes: ['/r'],
    },
    {
      name: 'a plugin of a service with two routes is replaced by one with another id',
      before: {
        services: [
          service('a', {
            plugins: [{ ...keyAuth, id: id(3, 1) }],
            routes: [route('r', '/r'), route('s', '/s')],
          }),
        ],
      },
      after: {
        services: [
          service('a', {
            plugins: [{ ...keyAuth, id: id(3, 2) }],
            routes: [route('r', '/r'), route('s', '/s'), route('t', '/t')],
          }),
        ],
      },
      probes: ['/r', '/s', '/t'],
    },
    {
      name: 'a plugin of all services is replaced by one with another id',
      before: {
        plugins: [{ ...keyAuth, id: id(3, 1) }],
        services: [
          service('a', { routes: [route('r', '/r')] }),
          service('b', { routes: [route('s', '/s')] }),
        ],
      },
      after: {
        plugins: [{ ...keyAuth, id: id(3, 2) }],
        services: [
          service('a', { routes: [route('r', '/r')] }),
          service('b', { routes: [route('s', '/s')] }),
        ],
      },
      probes: ['/r', '/s'],
    },
    {
      name: 'the protection of a service becomes that of its routes',
      before: { services: [service('a', { ...closed, routes: [route('r', '/r'), route('s', '/s')] })] },
      after: { services: [service('a', { routes: [route('r', '/r', closed), route('s', '/s', closed)] })] },
      probes: ['/r', '/s'],
    },
    {
      name: 'the protection of a service is turned off, and its routes get their own',
      before: { services: [service('a', { ...closed, routes: [route('r', '/r')] })] },
      after: {
        services: [
          service('a', { plugins: [{ ...keyAuth, enabled: false }], routes: [route('r', '/r', closed)] }),
        ],
      },
      probes: ['/r'],
    },
    {
      name: 'one authentication takes the place of another',
      before: { services: [service('a', { routes: [route('r', '/r', closed)] })] },
      after: {
        services: [service('a', { routes: [route('r', '/r', { plugins: [{ name: 'basic-auth' }] })] })],
      },
      probes: ['/r'],
    },
    {
      name: 'a route goes to a new service that protects it, from one that does',
      before: { services: [service('a', { ...closed, routes: [route('r', '/r')] })] },
      after: { services: [service('a', closed), service('b', { ...closed, routes: [route('r', '/r')] })] },
      probes: ['/r'],
    },
    {
      name: 'a service gets another id, and keeps its route and its plugin',
      before: { services: [service('a', { id: id(1, 1), ...closed, routes: [route('r', '/r')] })] },
      after: { services: [service('a', { id: id(1, 2), ...closed, routes: [route('r', '/r')] })] },
      probes: ['/r'],
    },
    {
      name: 'a route gets another id, and keeps its plugin',
      before: { services: [service('a', { routes: [route('r', '/r', { id: id(2, 1), ...closed })] })] },
      after: { services: [service('a', { routes: [route('r', '/r', { id: id(2, 2), ...closed })] })] },
      probes: ['/r'],
    },
    {
      name: 'a route and its plugin go',
      before: {
        services: [service('a', { routes: [route('r', '/r', closed), route('public', '/public')] })],
      },
      after: { services: [service('a', { routes: [route('public', '/public')] })] },
      probes: ['/r', '/public'],
    },
    {
      name: 'a public route becomes one for more, with a plugin',
      before: { services: [service('a', { routes: [route('r', '/public')] })] },
      after: {
        services: [service('a', { routes: [{ name: 'r', paths: ['/public', '/admin'], ...closed }] })],
      },
      probes: ['/public', '/admin'],
    },
    {
      name: 'a plugin goes to another route under its id, and the first gets a new one',
      before: { services: [service('a', { routes: routesWith(1) })] },
      after: { services: [service('a', { routes: routesWith(2, 1) })] },
      probes: ['/r', '/s'],
    },
    {
      name: 'two plugins swap their routes under their ids',
      before: { services: [service('a', { routes: routesWith(1, 2) })] },
      after: { services: [service('a', { routes: routesWith(2, 1) })] },
      probes: ['/r', '/s'],
    },
    {
      name: 'who is nobody may come in where an address is asked for',
      before: {
        plugins: [keyAuth],
        services: [service('a', { routes: [route('r', '/r')] })],
        consumers: [{ username: 'nobody' }],
      },
      after: {
        plugins: [keyAuth],
        services: [
          service('a', {
            routes: [
              route('r', '/r', {
                plugins: [
                  { ...keyAuth, config: { anonymous: 'nobody' } },
                  { name: 'ip-restriction', config: { allow: ['10.0.0.0/8'] } },
                ],
              }),
            ],
          }),
        ],
        consumers: [{ username: 'nobody' }],
      },
      probes: ['/r'],
    },
    {
      name: 'another upstream comes behind a route that becomes protected',
      before: { services: [service('a', { path: '/mock', routes: [route('r', '/r')] })] },
      after: { services: [service('a', { path: '/real', ...closed, routes: [route('r', '/r')] })] },
      probes: ['/r'],
    },
  ]
}
