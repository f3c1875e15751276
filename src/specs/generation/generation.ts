import { canonicalText, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { Level, OpenApi, PathItem, Server, SpecifiedOperation } from '../document.ts'
import type { Draft, Origin } from '../manifest.ts'
import type { GenerateOptions } from '../options.ts'
import type { DesignReader } from '../reader.ts'
import { SchemaExtractor } from '../schema/extract.ts'
import { Drafts } from './drafts.ts'
import {
  extensionObject,
  hasPlugins,
  kongName,
  mergePlugins,
  type PluginSource,
  pluginsAt,
} from './extensions.ts'
import { type NameStyle, separatorOf, slug } from './names.ts'
import { RouteWriter } from './route-writer.ts'
import { securityPlugin } from './security.ts'
import { serversKey, serviceOf } from './servers.ts'
import { VALIDATOR } from './validator.ts'

/** The result of a level of the document, with what it inherits from the enclosing level. */
interface Scope {
  /** What names and ids are made from. */
  readonly name: string
  readonly servers: readonly Server[]
  readonly serviceDefaults: JsonObject | undefined
  readonly upstreamDefaults: JsonObject | undefined
  readonly routeDefaults: JsonObject | undefined
  readonly service: Draft
  /** Plugins of the level that are for its service, or for the routes inside where it has none of its own. */
  readonly plugins: readonly PluginSource[]
  readonly validator: PluginSource | undefined
  /** Whether the plugins are on a service of the level's own already. */
  readonly onOwnService: boolean
}

/** The settings of a level, and whether they require a service and an upstream of its own. */
type Settings = Pick<Scope, 'servers' | 'serviceDefaults' | 'upstreamDefaults' | 'routeDefaults'> & {
  readonly ownService: boolean
  readonly ownUpstream: boolean
}

const NO_SETTINGS = {
  servers: [],
  serviceDefaults: undefined,
  upstreamDefaults: undefined,
  routeDefaults: undefined,
}

/** One run over a document, from the outer levels to the inner ones. */
export class Generation {
  readonly #reader: DesignReader
  readonly #api: OpenApi
  readonly #options: GenerateOptions
  readonly #style: NameStyle
  readonly #drafts: Drafts
  readonly #routes: RouteWriter
  /** Services that later levels with the same servers and defaults may share: of paths, and of operations. */
  readonly #shared = { path: new Map<string, Draft>(), operation: new Map<string, Draft>() }

  constructor(reader: DesignReader, api: OpenApi, tags: readonly string[], options: GenerateOptions) {
    this.#reader = reader
    this.#api = api
    this.#options = options
    this.#style = { inso: options.insoCompatible === true }
    this.#drafts = new Drafts(tags, !options.noId && !options.insoCompatible)
    const schemas = new SchemaExtractor(reader, api.jsonSchema)
    this.#routes = new RouteWriter(reader, this.#drafts, schemas, this.#style, options)
  }

  /** The top-level lists of the manifest. */
  run(): ReturnType<Drafts['lists']> {
    const name = this.#documentName()
    if (name === undefined) return {}
    const document = this.#document(name)
    for (const item of this.#api.paths) {
      const path = this.#path(item, document)
      for (const operation of item.operations) this.#operation(operation, item, path, document)
    }
    if (this.#api.servers.length === 0 && this.#drafts.services.length > 1)
      this.#dropService(document.service)
    return this.#drafts.lists()
  }

  #documentName(): string | undefined {
    const { fields, title, place } = this.#api
    const name = this.#options.uuidBase || kongName(this.#reader, fields) || title
    if (name !== undefined) return slug(name, this.#style)
    const hint = 'Add "info.title", or pass --uuid-base: names and ids are derived from it.'
    this.#reader.problem('The document has no title', place, hint)
    return undefined
  }

  #document(name: string): Scope {
    const settings = this.#settings(this.#api, NO_SETTINGS)
    const service = this.#newService(name, settings, this.#origin(this.#api, 'document'), undefined)
    const security = this.#securityPlugin()
    const all = mergePlugins(pluginsAt(this.#reader, this.#api.fields), security ? [security] : [])
    const { plugins, validator } = withoutValidator(all)
    this.#drafts.attach(plugins, { draft: service, kind: 'service', name, idBase: name })
    return { ...settings, name, service, plugins: plugins.filter(isUnbound), validator, onOwnService: true }
  }

  #securityPlugin(): PluginSource | undefined {
    if (!this.#options.generateSecurity) return undefined
    return securityPlugin(this.#reader, this.#api, this.#api.security, this.#options)
  }

  #path(item: PathItem, document: Scope): Scope {
    const name = this.#pathName(item, document.name)
    const settings = this.#settings(item, document)
    const own = pluginsAt(this.#reader, item.fields)
    if (!settings.ownService) {
      const { plugins, validator = document.validator } = withoutValidator(own)
      return { ...settings, name, service: document.service, plugins, validator, onOwnService: false }
    }
    const key = this.#options.reuseServices && !hasPlugins(item.fields) ? this.#shareKey(settings) : undefined
    const shared = key === undefined ? undefined : this.#shared.path.get(key)
    if (shared) {
      const { validator } = document
      return { ...settings, name, service: shared, plugins: [], validator, onOwnService: true }
    }
    const service = this.#newService(name, settings, this.#origin(item, 'path', item), document.service)
    if (key !== undefined) this.#shared.path.set(key, service)
    const inherited = document.plugins.map(({ bare: _bare, ...plugin }) => plugin)
    const { plugins, validator = document.validator } = withoutValidator(mergePlugins(inherited, own))
    this.#drafts.attach(plugins, { draft: service, kind: 'service', name, idBase: name })
    return { ...settings, name, service, plugins: [], validator, onOwnService: true }
  }

  #operation(operation: SpecifiedOperation, item: PathItem, path: Scope, document: Scope): void {
    const name = this.#operationName(operation, path.name, document.name)
    const settings = this.#settings(operation, path)
    const own = pluginsAt(this.#reader, operation.fields)
    const origin = this.#origin(operation, 'operation', item, operation)
    const service = settings.ownService
      ? this.#operationService(name, settings, origin, path.service)
      : path.service
    const outer = settings.ownService ? this.#allOuterPlugins(item) : path.plugins
    const security = this.#operationSecurity(operation, settings.ownService)
    const merged = mergePlugins(mergePlugins(outer, own), security ? [security] : [])
    const { plugins, validator = path.validator } = withoutValidator(merged)
    this.#routes.write({
      item,
      operation,
      name,
      service,
      origin: { ...origin, place: operation.place ?? origin.place },
      plugins,
      validator,
      defaults: settings.routeDefaults,
    })
  }

  /** A service of an operation has no plugins: those of the document and the path go to the route. */
  #allOuterPlugins(item: PathItem): readonly PluginSource[] {
    return mergePlugins(pluginsAt(this.#reader, this.#api.fields), pluginsAt(this.#reader, item.fields))
  }

  /** The security plugin of a route, if the service has none or another one. */
  #operationSecurity(operation: SpecifiedOperation, ownService: boolean): PluginSource | undefined {
    if (!this.#options.generateSecurity) return undefined
    const document = this.#securityPlugin()
    const isOpen = operation.security?.every(({ schemes }) => schemes.length === 0)
    if (operation.security === undefined || isOpen) {
      if (isOpen && document) {
        const message = 'This operation requires no security, but the plugin of the document applies to it'
        this.#reader.warn('security', message, this.#reader.placeOf(operation.fields.get('security')))
      }
      return ownService ? document : undefined
    }
    const own = securityPlugin(this.#reader, this.#api, operation.security, this.#options)
    if (own === undefined || document === undefined) return own ?? (ownService ? document : undefined)
    return ownService || canonicalText(own.fields) !== canonicalText(document.fields) ? own : undefined
  }

  #operationService(name: string, settings: Settings, origin: Origin, outer: Draft): Draft {
    if (!this.#options.reuseServices) return this.#newService(name, settings, origin, outer)
    const key = this.#shareKey(settings)
    const service = this.#shared.operation.get(key) ?? this.#newService(name, settings, origin, outer)
    this.#shared.operation.set(key, service)
    return service
  }

  #newService(name: string, settings: Settings, origin: Origin, outer: Draft | undefined): Draft {
    const input = { ...settings, name, tags: this.#drafts.tags, place: origin.place }
    const { service, upstream } = serviceOf(this.#reader, input)
    if (upstream && (settings.ownUpstream || outer === undefined)) this.#drafts.addUpstream(upstream, origin)
    else if (upstream && outer) service.host = outer.fields.host ?? null
    return this.#drafts.addService(service, name, origin)
  }

  #shareKey({ servers, serviceDefaults, upstreamDefaults }: Settings): string {
    const defaults = [serviceDefaults ?? null, upstreamDefaults ?? null]
    return `${serversKey(this.#reader, servers)} ${canonicalText(defaults)}`
  }

  #settings(level: Level, outer: Pick<Scope, keyof typeof NO_SETTINGS>): Settings {
    const serviceDefaults = extensionObject(this.#reader, level.fields, 'x-kong-service-defaults')
    const upstreamDefaults = extensionObject(this.#reader, level.fields, 'x-kong-upstream-defaults')
    const routeDefaults = extensionObject(this.#reader, level.fields, 'x-kong-route-defaults')
    const ownUpstream = upstreamDefaults !== undefined || level.servers.length > 0
    return {
      servers: level.servers.length > 0 ? level.servers : outer.servers,
      serviceDefaults: serviceDefaults ?? outer.serviceDefaults,
      upstreamDefaults: upstreamDefaults ?? outer.upstreamDefaults,
      routeDefaults: routeDefaults ?? outer.routeDefaults,
      ownService: serviceDefaults !== undefined || ownUpstream,
      ownUpstream,
    }
  }

  #pathName(item: PathItem, document: string): string {
    const given = kongName(this.#reader, item.fields)
    const own = slug(given ?? item.path, this.#style)
    // Two paths may differ in their last "/" alone, and need two names.
    const mark = given === undefined && !this.#style.inso && item.path.endsWith('/') ? '~' : ''
    return own + mark === '' ? document : `${document}${separatorOf(this.#style)}${own}${mark}`
  }

  #operationName(operation: SpecifiedOperation, path: string, document: string): string {
    const separator = separatorOf(this.#style)
    const given = kongName(this.#reader, operation.fields)
    if (given !== undefined)
      return `${this.#style.inso ? document : path}${separator}${slug(given, this.#style)}`
    const { operationId, method } = operation
    if (operationId !== undefined) return `${document}${separator}${slug(operationId, this.#style)}`
    return `${path}${separator}${method.toLowerCase()}`
  }

  #origin(level: Level, name: Origin['level'], item?: PathItem, operation?: SpecifiedOperation): Origin {
    const place: Place = this.#reader.placeOf(level.fields.get('servers')) ??
      level.place ?? { file: this.#reader.spec.uri, line: 1, column: 1 }
    return {
      place,
      level: name,
      ...(item ? { path: item.path } : {}),
      ...(operation ? { method: operation.method } : {}),
      ...(operation?.operationId ? { operationId: operation.operationId } : {}),
    }
  }

  /** Without servers, the document's service leads nowhere: it is kept only if there is no other one. */
  #dropService(service: Draft): void {
    for (const route of service.children.routes ?? []) {
      const message = `${route.origin.method} ${route.origin.path} gets no route: it has no server`
      this.#reader.warn(
        'no-server',
        message,
        route.origin.place,
        'Add "servers" to the document or to its path.',
      )
    }
    this.#drafts.removeService(service)
  }
}

function withoutValidator(plugins: readonly PluginSource[]): {
  readonly plugins: readonly PluginSource[]
  readonly validator?: PluginSource
} {
  const validator = plugins.find(plugin => plugin.name === VALIDATOR)
  return { plugins: plugins.filter(plugin => plugin !== validator), ...(validator ? { validator } : {}) }
}

function isUnbound(plugin: PluginSource): boolean {
  return (plugin.fields.consumer ?? null) === null
}
