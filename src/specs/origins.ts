import type { Entity } from '../model/entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Generated, Origin } from './manifest.ts'

/** What identifies an entity wherever it is: its kind, its id if it has one, and its key. */
export type Told = Pick<Entity, 'kind' | 'key'> & { readonly id?: string | undefined }

/** The origin of entities that were made from specifications: by id and by key, since a manifest may have no ids. */
export class Origins {
  readonly #byId = new Map<string, Origin>()
  readonly #byKey = new Map<string, Origin>()

  constructor(made: readonly Generated[]) {
    for (const each of made) this.#add(each)
  }

  /** The origin of an entity; undefined: it isn't from a specification. */
  of({ kind, key, id }: Told): Origin | undefined {
    return (id === undefined ? undefined : this.#byId.get(id)) ?? this.#byKey.get(`${kind} ${key}`)
  }

  /** The origin of a route; undefined: it comes from no specification. */
  ofRoute(route: Omit<Told, 'kind'>): Origin | undefined {
    return this.of({ kind: 'route', ...route })
  }

  #add({ manifest, origins }: Generated): void {
    const put = (kind: string, key: string, pointer: string, fields: JsonObject): void => {
      const origin = origins.get(pointer)
      if (!origin) return
      if (typeof fields.id === 'string') this.#byId.set(fields.id, origin)
      // Of two with the same key the first stays: a gateway accepts only one of them.
      if (!this.#byKey.has(`${kind} ${key}`)) this.#byKey.set(`${kind} ${key}`, origin)
    }
    const plugins = (list: Json | undefined, pointer: string, owner: string): void => {
      for (const { fields, at } of items(list, pointer)) {
        const scopes = ['consumer', 'route', 'service'].flatMap(name =>
          typeof fields[name] === 'string' ? [`${name} ${fields[name]}`] : [],
        )
        const scope = [...scopes, ...(owner === '' ? [] : [owner])].join(' and ')
        put('plugin', `${String(fields.name)} for ${scope}`, at, fields)
      }
    }
    for (const service of items(manifest.services, '/services')) {
      const name = String(service.fields.name)
      put('service', name, service.at, service.fields)
      plugins(service.fields.plugins, `${service.at}/plugins`, `service ${name}`)
      for (const route of items(service.fields.routes, `${service.at}/routes`)) {
        put('route', String(route.fields.name), route.at, route.fields)
        plugins(route.fields.plugins, `${route.at}/plugins`, `route ${String(route.fields.name)}`)
      }
    }
    for (const { fields, at } of items(manifest.upstreams, '/upstreams')) {
      put('upstream', String(fields.name), at, fields)
    }
    plugins(manifest.plugins, '/plugins', '')
  }
}

function items(list: Json | undefined, pointer: string) {
  return (isArray(list) ? list : []).flatMap((fields, index) =>
    isObject(fields) ? [{ fields, at: `${pointer}/${index}` }] : [],
  )
}
