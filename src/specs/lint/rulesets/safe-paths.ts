import regex from '@jsep-plugin/regex'
import ternary from '@jsep-plugin/ternary'
import jsep from 'jsep'
import { JSONPath } from 'jsonpath-plus'
import { parse } from 'nimma/parser'
import * as z from 'zod'

/*
 * Spectral makes JavaScript of the filters in a ruleset's paths and runs it: `$..[?(@.constructor.constructor('…')())]`
 * is a program. Filters of a repository's own rules are therefore held against a list of what only looks at values. They
 * are found and read as Spectral's two engines do, by the same parsers with the same settings: nimma, and jsonpath-plus
 * for what nimma does not understand.
 */
jsep.addIdentifierChar('@')
jsep.addUnaryOp('void')
jsep.addBinaryOp('in', 12)
jsep.addBinaryOp('~=', 20)
jsep.plugins.register(regex, ternary)

/**
 * Why a path of a repository's ruleset is not given to Spectral, as a clause; undefined: it only looks at values. A
 * path that begins with an alias (`#Name`) continues from there.
 */
export function whyUnsafe(path: string): string | undefined {
  if (!path.includes('(')) return undefined
  const whole = withoutAlias(path)
  return firstOf([...filtersOfNimma(whole), ...filtersOfJsonPathPlus(whole)], whyFilterUnsafe)
}

/** Why a path can't be an alias, as a clause. What stands after the alias must not end up in the middle of a step. */
export function whyNoAlias(path: string): string | undefined {
  // nimma knows no escapes, which stand in texts and regular expressions only.
  const structure = withoutAlias(path).replace(/\\./gs, 'x')
  return stepsOf(structure) === undefined ? 'it can’t be read' : whyUnsafe(path)
}

function withoutAlias(path: string): string {
  return path.replace(/^#[\w-]+/, '$')
}

const steps = z.array(z.object({ type: z.string(), value: z.unknown().optional() }))

function stepsOf(path: string): z.infer<typeof steps> | undefined {
  try {
    return steps.parse(parse(path))
  } catch {
    return undefined
  }
}

function filtersOfNimma(path: string): readonly string[] {
  const filters = stepsOf(path)?.filter(step => step.type === 'ScriptFilterExpression') ?? []
  return filters.map(filter => String(filter.value))
}

/** `?(filter)` and `(the name of a field)`. */
function filtersOfJsonPathPlus(path: string): readonly string[] {
  return JSONPath.toPathArray(path)
    .filter(step => /^\??\(/.test(step))
    .map(step => step.replace(/^\?/, ''))
}

function whyFilterUnsafe(filter: string): string | undefined {
  // jsonpath-plus looks for filters inside of filters, and in texts too.
  if (/[['"]\??\(/.test(filter)) return 'its filter contains another one'
  try {
    return whyPartUnsafe(jsep(filter))
  } catch {
    return 'its filter can’t be read'
  }
}

/** What stands for the value that is looked at, and where that is. */
const names = new Set([
  ...['@', '@root', '@path', '@property', '@parent', '@parentProperty'],
  ...['@string', '@number', '@boolean', '@scalar', '@array', '@null', '@object', '@integer'],
  ...['undefined', 'index'],
])

/** Methods of texts, lists and regular expressions that only look. */
const methods = new Set([
  ...['match', 'test', 'includes', 'startsWith', 'endsWith', 'indexOf', 'lastIndexOf', 'search'],
  ...['toLowerCase', 'toUpperCase', 'trim', 'slice', 'substring', 'charAt', 'toString', 'hasOwnProperty'],
])

/** Fields that lead from a value to what made it. */
const forbidden = /^(?:constructor|prototype|caller|callee|arguments|__.*|@.*)$/s

function whyPartUnsafe(part: unknown): string | undefined {
  const node = partSchema.safeParse(part).data
  switch (node?.type) {
    case 'Literal':
      return undefined
    case 'Identifier':
      return names.has(node.name) ? undefined : `its filter names ${node.name}`
    case 'UnaryExpression':
      return whyPartUnsafe(node.argument)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return whyPartUnsafe(node.left) ?? whyPartUnsafe(node.right)
    case 'ConditionalExpression':
      return whyPartUnsafe(node.test) ?? whyPartUnsafe(node.consequent) ?? whyPartUnsafe(node.alternate)
    case 'ArrayExpression':
      return firstOf(node.elements, whyPartUnsafe)
    case 'MemberExpression':
      return whyMemberUnsafe(node)
    case 'CallExpression':
      return whyCallUnsafe(node)
    default:
      return 'its filter does more than look at values'
  }
}

type Member = { readonly object: unknown; readonly property: unknown; readonly computed: boolean }

function whyMemberUnsafe(member: Member): string | undefined {
  const field = fieldOf(member)
  const { object } = member
  if (field === undefined) return 'its filter computes the name of a field'
  if (field === 'name') {
    // The usual way to ask for a type, `@.constructor.name`, gives a text and nothing more.
    const inner = partSchema.safeParse(object).data
    if (inner?.type === 'MemberExpression' && fieldOf(inner) === 'constructor')
      return whyPartUnsafe(inner.object)
  }
  if (forbidden.test(field)) return `its filter names the field ${field}`
  return whyPartUnsafe(object)
}

function fieldOf({ property, computed }: Member): string | undefined {
  const node = partSchema.safeParse(property).data
  if (node?.type === 'Identifier' && !computed) return node.name
  if (node?.type !== 'Literal') return undefined
  if (typeof node.value === 'number') return String(node.value)
  // A name with escapes is not told by what it reads as.
  return typeof node.value === 'string' && node.raw.slice(1, -1) === node.value ? node.value : undefined
}

type Call = { readonly callee: unknown; readonly arguments: readonly unknown[] }

function whyCallUnsafe({ callee, arguments: given }: Call): string | undefined {
  const node = partSchema.safeParse(callee).data
  if (node?.type === 'Identifier' && node.name.startsWith('@')) {
    return whyPartUnsafe(callee) ?? firstOf(given, whyPartUnsafe)
  }
  const method = node?.type === 'MemberExpression' ? partSchema.safeParse(node.property).data : undefined
  const isKnown = method?.type === 'Identifier' && node?.type === 'MemberExpression' && !node.computed
  if (!isKnown || !methods.has(method.name)) {
    return method?.type === 'Identifier' ? `its filter calls ${method.name}` : 'its filter calls a function'
  }
  return whyPartUnsafe(callee) ?? firstOf(given, whyPartUnsafe)
}

function firstOf<T>(parts: readonly T[], why: (part: T) => string | undefined): string | undefined {
  for (const part of parts) {
    const found = why(part)
    if (found !== undefined) return found
  }
  return undefined
}

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Literal'), value: z.unknown().optional(), raw: z.string() }),
  z.object({ type: z.literal('Identifier'), name: z.string() }),
  z.object({ type: z.literal('UnaryExpression'), argument: z.unknown() }),
  z.object({ type: z.literal('BinaryExpression'), left: z.unknown(), right: z.unknown() }),
  z.object({ type: z.literal('LogicalExpression'), left: z.unknown(), right: z.unknown() }),
  z.object({
    type: z.literal('ConditionalExpression'),
    test: z.unknown(),
    consequent: z.unknown(),
    alternate: z.unknown(),
  }),
  z.object({ type: z.literal('ArrayExpression'), elements: z.array(z.unknown()) }),
  z.object({
    type: z.literal('MemberExpression'),
    object: z.unknown(),
    property: z.unknown(),
    computed: z.boolean(),
  }),
  z.object({ type: z.literal('CallExpression'), callee: z.unknown(), arguments: z.array(z.unknown()) }),
])
