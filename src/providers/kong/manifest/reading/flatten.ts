import { type FieldPath, type Kind, type Source, wholeMapping } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { Place, Problem } from '../../../../model/problem.ts'
import type { Sliced } from '../../../../model/time-slices.ts'
import type { Reference, Shape } from '../../kinds/manifest-shape.ts'
import { lists, shapes } from '../deck-format.ts'
import { isNamed } from '../template/expression.ts'
import { fieldsOfUrl, urlFields } from '../url.ts'
import { type ReadFile, WrittenSource } from './source.ts'

/** An entity whose references are not looked up yet. */
export interface FlatEntity {
  readonly kind: Kind
  readonly fields: Record<string, Json>
  readonly source: Source
  /** Where values of variables stand among the fields. */
  readonly variables: readonly FieldPath[]
  /** The references that were written, by field. */
  readonly refs: readonly { readonly field: string; readonly reference: Reference; readonly written: Json }[]
}

/** A consumer that a group lists, or a group that a consumer lists. */
export interface Membership {
  readonly group: JsonObject
  readonly consumer: JsonObject
  readonly source: Source
  /** The consumer as the group lists it; decK makes it one of the consumers. */
  readonly listed?: FlatEntity
  /** The group as the consumer names it: it must be there. */
  readonly named?: Json
}

/** Everything that files hold, side by side. */
export interface Flat {
  readonly drafts: readonly FlatEntity[]
  readonly memberships: readonly Membership[]
  readonly problems: readonly Problem[]
}

/** The shared plugin configurations of all files, by name. */
export type PluginConfigs = ReadonlyMap<
  string,
  { readonly config: JsonObject; readonly variables: readonly FieldPath[]; place(path?: string): Place }
>

/**
 * Takes nested entities out of their parents, which they then point to. The files were checked before. `named`: names of
 * variables stand for values.
 */
export function* flatten(files: readonly ReadFile[], configs: PluginConfigs, named = false): Sliced<Flat> {
  const drafts: FlatEntity[] = []
  const memberships: Membership[] = []
  const problems: Problem[] = []
  for (const read of files) {
    const walk = new Walk(read, configs, drafts, memberships, problems, named)
    for (const [name, value] of Object.entries(read.content)) {
      const shape = Object.hasOwn(lists, name) ? lists[name] : undefined
      if (!shape) continue
      for (const item of objectsIn(value)) {
        walk.entity(item, shape)
        yield
      }
    }
  }
  return { drafts, memberships, problems }
}

class Walk {
  readonly #read: ReadFile
  readonly #configs: PluginConfigs
  readonly #drafts: FlatEntity[]
  readonly #memberships: Membership[]
  readonly #problems: Problem[]
  readonly #named: boolean

  constructor(
    read: ReadFile,
    configs: PluginConfigs,
    drafts: FlatEntity[],
    memberships: Membership[],
    problems: Problem[],
    named: boolean,
  ) {
    this.#named = named
    this.#read = read
    this.#configs = configs
    this.#drafts = drafts
    this.#memberships = memberships
    this.#problems = problems
  }

  entity(
    written: JsonObject,
    shape: Shape,
    parent?: { readonly field: string; readonly ref: JsonObject },
  ): void {
    const draft = this.#draft(written, shape, parent)
    this.#drafts.push(draft)
    const self = referenceTo(shape, written)
    for (const [name, value] of Object.entries(written)) {
      const child = Object.hasOwn(shape.children, name) ? shape.children[name] : undefined
      if (!child) continue
      for (const item of objectsIn(value)) {
        if (child.parent === undefined) this.#member(item, child.shape, self)
        else this.entity(item, child.shape, { field: child.parent, ref: self })
      }
    }
    if (shape.kind === 'consumer') this.#groups(written, self)
    if (shape.kind === 'service-package') this.#implementations(written)
  }

  #draft(
    written: JsonObject,
    shape: Shape,
    parent?: { readonly field: string; readonly ref: JsonObject },
  ): FlatEntity {
    const fields: Record<string, Json> = {}
    const refs: { field: string; reference: Reference; written: Json }[] = []
    for (const [name, value] of Object.entries(written)) {
      if (Object.hasOwn(shape.children, name)) continue
      const reference = Object.hasOwn(shape.refs, name) ? shape.refs[name] : undefined
      if (!reference) fields[name] = value
      else if (parent?.field !== name) refs.push({ field: name, reference, written: value })
      else if (shape.kind === 'plugin') this.#refuseNestedScope(written, name)
    }
    if (parent) fields[parent.field] = parent.ref
    let elsewhere: ((path: string) => Place | undefined) | undefined
    if (shape.kind === 'service') elsewhere = this.#takeUrl(written, fields)
    if (shape.kind === 'plugin') elsewhere = this.#takeConfig(written, fields)
    if (shape.kind === 'consumer') delete fields.groups
    const source = new WrittenSource(this.#read, written, elsewhere)
    return { kind: shape.kind, fields, source, variables: this.#variables(written, shape), refs }
  }

  /** Where values of variables stand in an entity as it is written, by the fields that it then has. */
  #variables(written: JsonObject, { kind, children }: Shape): readonly FieldPath[] {
    const shared = kind === 'plugin' ? this.#configs.get(asString(written._config) ?? '') : undefined
    const own = this.#read.document.filledIn(written)
    if (own.length === 0 && !shared?.variables.length) return own
    return [
      ...own.flatMap((path): readonly FieldPath[] => {
        const [field = ''] = path
        if (field === wholeMapping) return Object.keys(written).map(name => [name])
        if (Object.hasOwn(children, field)) return []
        return kind === 'service' && field === 'url' ? urlFields.map(name => [name]) : [path]
      }),
      ...(shared?.variables ?? []).map(path => ['config', ...path]),
    ]
  }

  /** A service's `url` in place of the fields that it stands for; fields that are written win. */
  #takeUrl(
    written: JsonObject,
    fields: Record<string, Json>,
  ): ((path: string) => Place | undefined) | undefined {
    const url = asString(written.url)
    if (url === undefined) return undefined
    delete fields.url
    const place = () => this.#read.document.place(written, 'url')
    if (url === '') return undefined
    const taken = fieldsOfUrl(url) ?? (this.#named && isNamed(url) ? { host: url } : undefined)
    if (!taken) {
      const message = `"url" of service ${asString(written.name) ?? asString(written.id) ?? ''} is no URL`
      this.#problems.push({
        code: 'url',
        message,
        hint: 'Write it as https://host:port/path.',
        place: place(),
      })
      return undefined
    }
    for (const [name, value] of Object.entries(taken)) if (!Object.hasOwn(fields, name)) fields[name] = value
    return path => (Object.hasOwn(taken, path) && !Object.hasOwn(written, path) ? place() : undefined)
  }

  /** The shared configuration that `_config` names, below what the plugin says itself. */
  #takeConfig(
    written: JsonObject,
    fields: Record<string, Json>,
  ): ((path: string) => Place | undefined) | undefined {
    const name = asString(written._config)
    if (name === undefined || name === '') return undefined
    delete fields._config
    const shared = this.#configs.get(name)
    if (!shared) {
      const message = `plugin ${asString(written.name) ?? ''} refers to the plugin configuration "${name}", which no manifest holds`
      const place = this.#read.document.place(written, '_config')
      this.#problems.push({ code: 'missing-reference', message, hint: 'Add it to _plugin_configs.', place })
      return undefined
    }
    const config = isObject(written.config) ? written.config : {}
    fields.config = { ...shared.config, ...config }
    return path => {
      const [head, field] = path.split('.', 2)
      if (head !== 'config' || (field !== undefined && Object.hasOwn(config, field))) return undefined
      if (field === undefined) return Object.hasOwn(written, 'config') ? undefined : shared.place()
      return shared.place(path.slice('config.'.length))
    }
  }

  #refuseNestedScope(written: JsonObject, field: string): void {
    const message = `plugin ${asString(written.name) ?? ''} is nested in a ${field} and names one besides`
    const place = this.#read.document.place(written, field)
    this.#problems.push({ code: 'nested-scope', message, hint: `Take "${field}" away.`, place })
  }

  #member(written: JsonObject, shape: Shape, group: JsonObject): void {
    const listed = this.#draft(written, shape)
    this.#memberships.push({ group, consumer: referenceTo(shape, written), source: listed.source, listed })
  }

  #groups(written: JsonObject, consumer: JsonObject): void {
    for (const group of objectsIn(written.groups)) {
      const source = new WrittenSource(this.#read, group)
      this.#memberships.push({ group, consumer, source, named: group })
    }
  }

  /** The services that versions of a service package are implemented by. */
  #implementations(written: JsonObject): void {
    const service = shapes.get('service')
    for (const version of objectsIn(written.versions)) {
      const implementation = isObject(version.implementation) ? version.implementation : {}
      const kong = isObject(implementation.kong) ? implementation.kong : {}
      if (service && isObject(kong.service)) this.entity(kong.service, service)
    }
  }
}

/** How others point to an entity: `{name}`, or `{id}` where it has no name. */
function referenceTo(shape: Shape, written: JsonObject): JsonObject {
  for (const field of shape.known ?? []) {
    const value = asString(written[field])
    if (value) return field === 'id' ? { id: value } : { name: value }
  }
  return {}
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : []
}
