import { createHash } from 'node:crypto'
import { isArray, isObject, type Json } from '../../model/json.ts'
import type { Parameter, PathItem, SpecifiedOperation } from '../document.ts'
import type { DesignReader } from '../reader.ts'
import { captureSlug, type NameStyle } from './names.ts'

/** PCRE refuses names of capture groups of more than 32 characters; openapi2kong allows 31. */
const LONGEST_CAPTURE = 31

/** What a path's template means to a gateway's router. */
export interface TemplatePattern {
  /** A regular expression as Kong wants it, with the leading `~`. */
  readonly regex: string
  /** The names of the capture groups, by the names of the parameters. */
  readonly captures: ReadonlyMap<string, string>
  readonly hasParameters: boolean
}

// `\`, `^`, `|`, `{` and `}` mean something in a regular expression too; a path that holds them matches them only.
const SPECIAL = /[().+?*[$\\^|{}]/g

/**
 * The regular expression for a path's template. Each parameter is a capture group that matches one segment or a part
 * of it; it may be empty where the schema's `minLength` is 0. Names that no regular expression can have are replaced,
 * with a warning.
 */
export function pathPattern(
  reader: DesignReader,
  item: PathItem,
  operation: SpecifiedOperation,
  style: NameStyle,
): TemplatePattern {
  const captures = new Map<string, string>()
  const taken = new Set<string>()
  const pieces = item.path.split(/\{([^}]+)\}/)
  const regex = pieces.map((piece, index) => {
    if (index % 2 === 0) return piece.replace(SPECIAL, character => `\\${character}`)
    const name = captureName(piece, taken, style)
    taken.add(name)
    if (!captures.has(piece)) {
      captures.set(piece, name)
      if (name !== captureSlug(piece, style)) {
        const message = `The path parameter "${piece}" isn’t a valid name of a capture group: it is called "${name}" there`
        reader.warn('capture-name', message, operation.place ?? item.place)
      }
    }
    return `(?<${name}>[^#?/]${mayBeEmpty(reader, piece, item, operation) ? '*' : '+'})`
  })
  return { regex: `~${regex.join('')}$`, captures, hasParameters: pieces.length > 1 }
}

function captureName(parameter: string, taken: ReadonlySet<string>, style: NameStyle): string {
  const slug = captureSlug(parameter, style)
  const begun = slug === '' ? 'p' : /^[0-9]/.test(slug) ? `p_${slug}` : slug
  const digest = createHash('sha1').update(parameter).digest('hex').slice(0, 8)
  const fitting = begun.length > LONGEST_CAPTURE ? `${begun.slice(0, LONGEST_CAPTURE - 9)}_${digest}` : begun
  let name = fitting
  for (let i = 2; taken.has(name); i++)
    name = `${fitting.slice(0, LONGEST_CAPTURE - String(i).length - 1)}_${i}`
  return name
}

function mayBeEmpty(
  reader: DesignReader,
  name: string,
  item: PathItem,
  operation: SpecifiedOperation,
): boolean {
  const parameter = [...operation.parameters, ...item.parameters].find(known => known.name === name)
  const schema = parameter?.schema === undefined ? undefined : reader.follow(parameter.schema)
  return isObject(schema) && schema.minLength === 0
}

/** A header parameter with the values that it may have, as texts. */
interface HeaderChoice {
  readonly name: string
  readonly values: readonly string[]
}

/** At most this many routes may be made from one operation. */
const MOST_ROUTES = 1000

/** From this many routes on, the author is warned. */
const MANY_ROUTES = 10

/**
 * The headers of the routes of an operation: one combination for each choice of values of its header parameters that
 * have an `enum` and are required (or all, where the option says so). None where there are no such parameters.
 */
export function headerCombinations(
  reader: DesignReader,
  item: PathItem,
  operation: SpecifiedOperation,
  allRequired: boolean,
): readonly Readonly<Record<string, readonly string[]>>[] {
  const choices: HeaderChoice[] = []
  for (const [parameters, outer] of [
    [operation.parameters, false],
    [item.parameters, true],
  ] as const) {
    for (const parameter of parameters) {
      if (outer && choices.some(choice => choice.name === parameter.name)) continue
      const values = headerValues(reader, parameter, allRequired)
      if (values.length > 0) choices.push({ name: parameter.name, values })
    }
  }
  const count = choices.reduce(
    (product, choice) => product * choice.values.length,
    choices.length > 0 ? 1 : 0,
  )
  if (count > MOST_ROUTES) {
    const hint = 'Pass --skip-route-by-header, or make fewer of the headers required.'
    reader.problem(
      `The values of its header parameters would make ${count} routes of this operation`,
      operation.place,
      hint,
    )
    return []
  }
  if (count > MANY_ROUTES) {
    const hint = 'With --skip-route-by-header it stays one route.'
    const message = `The values of its header parameters make ${count + 1} routes of this operation`
    reader.warn('many-routes', message, operation.place, hint)
  }
  if (count === 0) return []
  return choices.reduce<readonly Record<string, readonly string[]>[]>(
    (combinations, { name, values }) =>
      combinations.flatMap(combination => values.map(value => ({ ...combination, [name]: [value] }))),
    [{}],
  )
}

function headerValues(reader: DesignReader, parameter: Parameter, allRequired: boolean): readonly string[] {
  if (parameter.in !== 'header' || !(parameter.required || allRequired)) return []
  const schema: Json | undefined =
    parameter.schema === undefined ? undefined : reader.follow(parameter.schema)
  const values = isObject(schema) ? schema.enum : undefined
  if (!isArray(values)) return []
  return values.flatMap((value, index) =>
    typeof value === 'object' && value !== null ? [] : [reader.written(values, index, value)],
  )
}
