import { isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import { suggestion } from '../../../../model/problems/suggestion.ts'
import { isEmptyTag } from '../../../../model/tag.ts'
import type { Sliced } from '../../../../model/time-slices.ts'
import type { YamlDocument } from '../../../../yaml/index.ts'
import type { Fields, FieldType, Shape } from '../../kinds/manifest-shape.ts'
import { lists, settings } from '../deck-format.ts'
import { isNamed } from '../template/expression.ts'

/** Checks one file against decK's format; problems name fields and kinds, never values. */
export function* checkContent(
  content: JsonObject,
  document: YamlDocument,
  { named = false }: { readonly named?: boolean | undefined } = {},
): Sliced<readonly Problem[]> {
  const check = new Check(document, named)
  const known = [...Object.keys(lists), ...Object.keys(settings)]
  for (const [name, value] of Object.entries(content)) {
    const shape = Object.hasOwn(lists, name) ? lists[name] : undefined
    const type = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (shape) yield* check.list(content, name, value, shape, name)
    else if (type) check.value(content, name, value, type, name)
    else check.unknown(content, name, known, `${quote(name)} is no key of decK's format`)
  }
  return check.problems
}

class Check {
  readonly problems: Problem[] = []
  readonly #document: YamlDocument
  /** Names of variables stand for values of any type. */
  readonly #named: boolean

  constructor(document: YamlDocument, named: boolean) {
    this.#named = named
    this.#document = document
  }

  *list(container: JsonObject, name: string, value: Json, shape: Shape, label: string): Sliced<void> {
    if (!isArray(value)) {
      const hint = value === null ? 'Leave the key out, or write [].' : 'Begin each item with a dash.'
      this.#wrong(container, name, label, 'a list', value, hint)
      return
    }
    for (const [i, item] of value.entries()) {
      yield
      if (isObject(item)) yield* this.#entity(item, shape)
      else this.#wrong(value, String(i), `an item of ${label}`, `a ${shape.kind} with its fields`, item)
    }
  }

  *#entity(entity: JsonObject, shape: Shape): Sliced<void> {
    const label = labelOf(shape, entity)
    for (const name in entity) {
      const value = entity[name]
      const type = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined
      if (value === undefined || fits(value, type)) continue
      const child = Object.hasOwn(shape.children, name) ? shape.children[name] : undefined
      if (type) this.value(entity, name, value, type, `${quote(name)} of ${label}`)
      else if (child) yield* this.list(entity, name, value, child.shape, `${quote(name)} of ${label}`)
      else if (Object.hasOwn(shape.refs, name)) this.#reference(entity, name, value, label)
      else this.unknown(entity, name, allowedIn(shape), `${label} has the unknown field ${quote(name)}`)
    }
    for (const name of shape.required ?? []) {
      if (!isGiven(entity[name])) this.#missing(entity, label, quote(name))
    }
    const { oneOf } = shape
    if (oneOf && !oneOf.some(name => isGiven(entity[name]))) {
      this.#missing(entity, label, `${oneOf.map(quote).join(' or ')} to be known by`)
    }
  }

  value(
    container: JsonObject | readonly Json[],
    name: string,
    value: Json,
    type: FieldType,
    label: string,
  ): void {
    if (typeof type === 'object') {
      const fields = 'record' in type ? type.record : type.records
      if ('record' in type) this.#record(container, name, value, fields, label)
      else if (!isArray(value)) this.#wrong(container, name, label, 'a list', value)
      else
        for (const [i, item] of value.entries())
          this.#record(value, String(i), item, fields, `an item of ${label}`)
      return
    }
    const expected = misfit(value, type)
    if (expected === undefined || (this.#named && holdsNames(value))) return
    if (isArray(value) && (type === 'names' || type === 'tags' || type === 'numbers' || type === 'objects')) {
      const items = {
        names: ['text', 'a text'],
        tags: ['tag', 'a tag'],
        numbers: ['integer', 'an integer'],
        objects: ['object', 'a mapping'],
      } as const
      const [item, what] = items[type]
      const at = value.findIndex(each => misfit(each, item) !== undefined)
      this.#wrong(value, String(at), `an item of ${label}`, what, value[at] ?? null)
    } else this.#wrong(container, name, label, expected, value)
  }

  #record(
    container: JsonObject | readonly Json[],
    name: string,
    value: Json,
    fields: Fields,
    label: string,
  ): void {
    if (!isObject(value)) {
      this.#wrong(container, name, label, 'a mapping', value)
      return
    }
    for (const [field, item] of Object.entries(value)) {
      const type = Object.hasOwn(fields, field) ? fields[field] : undefined
      if (type) this.value(value, field, item, type, `${quote(field)} of ${label}`)
      else this.unknown(value, field, Object.keys(fields), `${label} has the unknown field ${quote(field)}`)
    }
  }

  #reference(entity: JsonObject, name: string, value: Json, label: string): void {
    const named = isObject(value) ? (value.name ?? value.id ?? value.username ?? null) : value
    if (typeof named === 'string' && named !== '') return
    const hint = `Write ${name}: {name: …} or ${name}: {id: …}.`
    if (isObject(value)) this.#missing(value, `${quote(name)} of ${label}`, '"name" or "id"')
    else this.#wrong(entity, name, `${quote(name)} of ${label}`, 'a name or an id', value, hint)
  }

  unknown(container: JsonObject, name: string, known: readonly string[], message: string): void {
    const meant = suggestion(name, known)
    const place = this.#document.place(container, name)
    const hint = meant === undefined ? `Known are ${known.toSorted().join(', ')}.` : `Did you mean ${meant}?`
    this.problems.push({ code: 'unknown-field', message, hint, place })
  }

  #missing(container: JsonObject, label: string, what: string): void {
    const message = `${label} has no ${what}`
    this.problems.push({ code: 'missing-field', message, place: this.#document.place(container) })
  }

  #wrong(
    container: JsonObject | readonly Json[],
    name: string,
    label: string,
    expected: string,
    value: Json,
    hint = hintFor(expected, value),
  ): void {
    const place = this.#document.place(container, name)
    const message = `${label} must be ${expected}, but is ${describe(value)}`
    this.problems.push({ code: 'wrong-type', message, ...(hint === undefined ? {} : { hint }), place })
  }
}

/** Whether the name of a variable stands for a value, or for one in a list. */
function holdsNames(value: Json): boolean {
  return isArray(value) ? value.some(holdsNames) : typeof value === 'string' && isNamed(value)
}

function allowedIn({ fields, refs, children }: Shape): readonly string[] {
  return [fields, refs, children].flatMap(Object.keys)
}

/** Whether a value needs no closer look: it is of a type that holds no records, and as it should be. */
function fits(value: Json, type: FieldType | undefined): boolean {
  return typeof type === 'string' && misfit(value, type) === undefined
}

/** What was expected, where a value does not fit its type. */
function misfit(value: Json, type: Exclude<FieldType, object>): string | undefined {
  switch (type) {
    case 'json':
      return undefined
    case 'text':
      return typeof value === 'string' ? undefined : 'a text'
    case 'tag':
      return typeof value === 'string' && !isEmptyTag(value) ? undefined : 'a tag'
    case 'integer':
      return Number.isInteger(value) ? undefined : 'an integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false'
    case 'object':
      return isObject(value) ? undefined : 'a mapping'
    case 'objects':
      return isArray(value) && value.every(isObject) ? undefined : 'a list of mappings'
    case 'names':
      return isArray(value) && value.every(item => typeof item === 'string') ? undefined : 'a list of texts'
    case 'tags':
      return isArray(value) && value.every(item => misfit(item, 'tag') === undefined)
        ? undefined
        : 'a list of tags'
    case 'numbers':
      return isArray(value) && value.every(Number.isInteger) ? undefined : 'a list of integers'
    case 'name-lists':
      return isObject(value) && Object.values(value).every(item => misfit(item, 'names') === undefined)
        ? undefined
        : 'a mapping of lists of texts'
  }
}

function hintFor(expected: string, value: Json): string | undefined {
  if (expected === 'a tag' && (value === null || typeof value === 'string')) {
    return 'Name it, or set the variable that it comes from: an empty tag would stand for everything.'
  }
  if (value === null) return 'Leave the key out where there is nothing to say.'
  if (/(?:text|tag)$/.test(expected) && typeof value === 'boolean') {
    return 'Put it in quotes: YAML takes yes, no, on, off, y and n for true and false.'
  }
  if (/(?:text|tag)$/.test(expected) && typeof value === 'number') return 'Put it in quotes.'
  if (typeof value !== 'string') return undefined
  if (expected === 'an integer') return 'Take the quotes away, or add | toInt where it comes from a variable.'
  if (expected === 'true or false')
    return 'Take the quotes away, or add | toBool where it comes from a variable.'
  return undefined
}

function describe(value: Json): string {
  if (value === null) return 'empty'
  if (isArray(value)) return 'a list'
  if (isObject(value)) return 'a mapping'
  if (typeof value === 'string') return isEmptyTag(value) ? 'empty' : 'a text'
  if (typeof value === 'boolean') return 'true or false'
  return Number.isInteger(value) ? 'an integer' : 'a number'
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== ''
}

/** An entity in a sentence: `service payments`; without a public name only its kind. */
function labelOf(shape: Shape, entity: JsonObject): string {
  const names = shape.calledBy === undefined ? (shape.known ?? []) : [shape.calledBy]
  const name = names.map(field => entity[field]).find(value => typeof value === 'string' && value !== '')
  return typeof name === 'string' ? `${shape.kind} ${name}` : `a ${shape.kind}`
}

function quote(name: string): string {
  return `"${name}"`
}
