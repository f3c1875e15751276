import { asString } from '../../../model/json.ts'
import type { Fields, FieldType, Shape } from '../kinds/manifest-shape.ts'
import { lists, settings } from '../manifest/deck-format.ts'
import { fieldsOfUrl } from '../manifest/url.ts'
import { entitiesIn } from './entities.ts'
import { isDraftList, isDraftObject } from './selecting/select.ts'
import { type DraftObject, draftValue, type EditedValue } from './tool-file.ts'

/** Fields whose mappings decK does not look into: what is empty in them stays, and they go when empty themselves. */
const opaque = new Set<string>()

function learn(fields: Fields): void {
  for (const [name, type] of Object.entries(fields)) learnType(name, type)
}

function learnType(name: string, type: FieldType): void {
  if (type === 'object' || type === 'name-lists') opaque.add(name)
  else if (typeof type === 'object') learn('record' in type ? type.record : type.records)
}

function learnShape(shape: Shape): void {
  learn(shape.fields)
  for (const child of Object.values(shape.children)) learnShape(child.shape)
}

for (const shape of Object.values(lists)) learnShape(shape)
learn(settings)

/**
 * Brings a file into the form in which decK writes one: fields that are empty are left out but for what
 * configurations hold, and a service's `url` is taken apart.
 */
export function compactFile(root: DraftObject): void {
  for (const { kind, fields } of entitiesIn(root)) if (kind === 'service') takeUrlApart(fields)
  compactFields(root)
}

/** Takes apart the `url` of a service; fields that are written win. */
function takeUrlApart(service: DraftObject): void {
  const url = asString(service.url)
  if (url === undefined) return
  const fields = fieldsOfUrl(url)
  if (!fields) return
  delete service.url
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(service, name)) service[name] = draftValue(value)
  }
}

/** Leaves out empty fields, however deep. */
export function compactFields(fields: DraftObject): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!opaque.has(name)) compact(value)
    if (isEmpty(name, value)) delete fields[name]
  }
}

function compact(value: EditedValue): void {
  if (isDraftList(value)) for (const item of value) compact(item)
  else if (isDraftObject(value)) compactFields(value)
}

/** Whether decK leaves a field out: it is null, an empty list, or an empty mapping of whatever names. */
function isEmpty(name: string, value: EditedValue): boolean {
  if (isDraftList(value)) return value.length === 0
  if (isDraftObject(value)) return opaque.has(name) && Object.keys(value).length === 0
  return value === null
}
