import type { Json, JsonObject } from '../../model/json.ts'
import type { PathItem, SpecifiedOperation } from '../document.ts'
import type { Draft, Origin } from '../manifest.ts'
import type { GenerateOptions } from '../options.ts'
import type { DesignReader } from '../reader.ts'
import { jsonText, type SchemaExtractor } from '../schema/extract.ts'
import type { Drafts } from './drafts.ts'
import { mergePlugins, type PluginSource } from './extensions.ts'
import type { NameStyle } from './names.ts'
import { headerCombinations, pathPattern, type TemplatePattern } from './routes.ts'
import { validatorFields } from './validator.ts'

/** Paths without parameters come before paths with them (OpenAPI 3.1, section 4.8.8.2). */
const PRIORITY = { plain: 200, parameters: 100 }

/** What the routes of an operation are made from. */
export interface RouteInput {
  readonly item: PathItem
  readonly operation: SpecifiedOperation
  readonly name: string
  readonly service: Draft
  readonly origin: Origin
  readonly plugins: readonly PluginSource[]
  readonly validator: PluginSource | undefined
  readonly defaults: JsonObject | undefined
}

/** Writes the routes of operations. */
export class RouteWriter {
  readonly #reader: DesignReader
  readonly #drafts: Drafts
  readonly #schemas: SchemaExtractor
  readonly #style: NameStyle
  readonly #options: GenerateOptions

  constructor(
    reader: DesignReader,
    drafts: Drafts,
    schemas: SchemaExtractor,
    style: NameStyle,
    options: GenerateOptions,
  ) {
    this.#reader = reader
    this.#drafts = drafts
    this.#schemas = schemas
    this.#style = style
    this.#options = options
  }

  /**
   * The route of an operation, behind one for each combination of values of its header parameters: what no combination
   * matches reaches the last one.
   */
  write(input: RouteInput): void {
    const { item, operation, name, service, origin } = input
    const pattern = pathPattern(this.#reader, item, operation, this.#style)
    const plugins = this.#withValidator(input, pattern)
    const fields = this.#fields(input, pattern)
    const combinations = this.#options.skipRouteByHeader
      ? []
      : headerCombinations(this.#reader, item, operation, this.#options.treatAllHeadersAsRequired === true)
    for (const [index, headers] of combinations.entries()) {
      const ownName = `${name}_${index}`
      const own = { ...fields, headers, name: ownName, ...this.#drafts.id(ownName) }
      const draft = this.#drafts.addRoute(own, service, origin)
      const idBase = name + jsonText(headers)
      this.#drafts.attach(plugins, { draft, kind: 'route', name: ownName, idBase, idForAll: true })
    }
    const draft = this.#drafts.addRoute(fields, service, origin)
    this.#drafts.attach(plugins, { draft, kind: 'route', name, idBase: name })
  }

  #fields({ operation, name, defaults = {} }: RouteInput, pattern: TemplatePattern): Record<string, Json> {
    const { service: _service, plugins: _plugins, ...rest } = defaults
    return {
      ...rest,
      ...this.#drafts.id(`${name}.route`),
      name,
      paths: [pattern.regex],
      methods: [operation.method],
      tags: this.#drafts.tags,
      regex_priority: this.#priority(operation, pattern, defaults.regex_priority),
      strip_path: defaults.strip_path ?? false,
    }
  }

  /** A priority among the defaults is for plain paths: paths with parameters stay one below. */
  #priority(operation: SpecifiedOperation, pattern: TemplatePattern, given: Json | undefined): number {
    if (given === undefined) return pattern.hasParameters ? PRIORITY.parameters : PRIORITY.plain
    if (typeof given === 'number' && Number.isInteger(given)) return pattern.hasParameters ? given - 1 : given
    this.#reader.problem(
      '"regex_priority" in "x-kong-route-defaults" must be a whole number',
      operation.place,
    )
    return PRIORITY.plain
  }

  #withValidator(input: RouteInput, pattern: TemplatePattern): readonly PluginSource[] {
    const { validator, plugins, item, operation } = input
    if (validator === undefined) return plugins
    const parts = {
      reader: this.#reader,
      schemas: this.#schemas,
      style: this.#style,
      item,
      operation,
      pattern,
    }
    const fields = validatorFields(validator.fields, parts)
    return fields === undefined ? plugins : mergePlugins(plugins, [{ ...validator, fields }])
  }
}
