import type { JsonObject } from '../../../model/json.ts'

/** A decK file with one service and one route, for examples. */
export function oneRoute(
  route: JsonObject = {},
  service: JsonObject = {},
  more: JsonObject = {},
): JsonObject {
  return {
    services: [
      {
        name: 'payouts',
        url: 'https://payouts.internal',
        ...service,
        routes: [{ name: 'payouts-list', paths: ['/payouts'], ...route }],
      },
    ],
    ...more,
  }
}

/** A decK file with one plugin on one route, for examples. */
export function onePlugin(plugin: JsonObject, more: JsonObject = {}): JsonObject {
  return oneRoute({ plugins: [plugin] }, {}, more)
}
