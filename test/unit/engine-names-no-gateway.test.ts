import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'
import { describe, expect, test } from 'vitest'
import type { KindDefinition } from '../../src/model/schema/kind-definition.ts'
import { providers } from '../known-providers.ts'

const root = join(import.meta.dirname, '..', '..')

/** The parts that know gateways only by what providers say of them. */
const engine = 'model reconcile ledger governance repo yaml config workflows console cli'.split(' ')

/** Kinds whose names are words of the engine too, where it says them, and as what. */
const ownKinds: Readonly<Record<string, { readonly where: RegExp; readonly why: string }>> = {
  route: { where: /^src\//, why: 'a facet: what answers requests, whatever kind a gateway has for it' },
  service: { where: /^src\//, why: 'a facet: where routes lead' },
  target: {
    where: /^src\/(workflows|console|cli)\//,
    why: 'a gateway of the fleet, as a field, a row and a count',
  },
  key: { where: /^src\/console\//, why: 'a key of the keyboard, and its colour' },
}

/** Lists of kinds whose names are words of the engine too. */
const ownLists: typeof ownKinds = {
  routes: { where: /^src\/(governance|cli)\//, why: 'what a facet is counted as' },
  targets: { where: /^src\/(config|console|cli)\//, why: 'the gateways of the fleet' },
  keys: { where: /^src\/ledger\//, why: 'a folder of keys that digests and seals are made with' },
  consumers: { where: /^src\/cli\/options\//, why: 'what --skip-consumers, an option of decK, skips' },
}

/** Fields that the engine reads of every entity, whatever its kind, and why. */
const ownFields: Readonly<Record<string, string>> = {
  id: 'what the gateway calls an entity',
  name: 'what people call it',
  tags: 'what people sort entities by, where their kind is tagged',
}

/** A word of the sources, and where it stands. */
interface Word {
  readonly word: string
  readonly at: string
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** Every node of a syntax tree, each before those below it. */
function* nodesIn(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return
  if (isNode(value)) yield value
  for (const below of Object.values(value)) yield* nodesIn(below)
}

/** What stands between quotes in a file, and the fields that it reads of entities; comments and imports do not count. */
function wordsIn(
  text: string,
  file: string,
): { readonly texts: readonly Word[]; readonly fields: readonly Word[] } {
  const bytes = Buffer.from(text)
  const texts: Word[] = []
  const fields: Word[] = []
  // A method of a map is no field.
  const called = new Set<unknown>()
  const found = (words: Word[], word: unknown, { span }: Node): void => {
    const start = typeof span === 'object' && span !== null && 'start' in span ? Number(span.start) : 1
    const before = bytes.subarray(0, start - 1).toString()
    words.push({ word: String(word), at: `${file}:${before.split('\n').length}` })
  }
  const { body } = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x') })
  for (const node of nodesIn(body.filter(({ type }) => type !== 'ImportDeclaration'))) {
    if (node.type === 'StringLiteral') found(texts, node.value, node)
    if (node.type === 'TemplateElement') found(texts, node.cooked, node)
    if (node.type === 'CallExpression') called.add(node.callee)
    const { property } = node
    if (node.type === 'MemberExpression' && isOfEntity(node.object) && isNode(property) && !called.has(node))
      found(fields, property.value, property)
  }
  return { texts, fields }
}

/** Whether an expression is what entities have their fields or references in: `fields`, `entity.refs`. */
function isOfEntity(value: unknown): boolean {
  if (!isNode(value)) return false
  const named = value.type === 'MemberExpression' ? value.property : value
  return isNode(named) && named.type === 'Identifier' && (named.value === 'fields' || named.value === 'refs')
}

/** The fields that a kind says something of. */
function fieldsOf({
  identity,
  meaning,
  references,
  fields,
  manifest,
  secrets,
}: KindDefinition): readonly string[] {
  return [
    ...identity.unique.flat(),
    ...(identity.referredBy ?? []),
    identity.alsoKnownBy ?? [],
    ...(meaning?.distinguishedBy ?? []),
    meaning?.switchedBy ?? [],
    ...Object.keys(references.foreign),
    ...Object.keys(references.links ?? {}),
    fields?.variant ?? [],
    fields?.configuration ?? [],
    ...(fields?.derived ?? []),
    ...(fields?.unordered ?? []),
    ...(fields?.countsDown ?? []),
    ...(manifest?.alwaysGiven ?? []),
    ...(secrets?.fields ?? []),
  ].flat()
}

describe('the engine names no kind and no field of a gateway', () => {
  const files = engine.flatMap(folder =>
    readdirSync(join(root, 'src', folder), { recursive: true })
      .map(name => `src/${folder}/${name}`)
      .filter(name => /\.tsx?$/.test(name)),
  )
  const words = files.map(file => wordsIn(readFileSync(join(root, file), 'utf8'), file))
  const told = ({ word, at }: Word): string => `${at} ${word}`

  test('no string literal is the name of a kind, except words that the engine uses too', () => {
    const kinds = new Set(providers.kinds.names)
    const texts = words.flatMap(each => each.texts)
    expect(texts.length).toBeGreaterThan(5000)
    expect(
      texts.filter(({ word, at }) => kinds.has(word) && !ownKinds[word]?.where.test(at)).map(told),
    ).toEqual([])
  })

  test('no string literal is the list of a kind, its former name, or a field of several words', () => {
    const lists = providers.kinds.all.flatMap(({ identity }) => [
      identity.plural,
      ...(identity.formerNames ?? []),
    ])
    const fields = providers.kinds.all.flatMap(fieldsOf).filter(field => field.includes('_'))
    const names = new Set([...lists, ...fields])
    const texts = words.flatMap(each => each.texts)
    expect(names.size).toBeGreaterThan(40)
    expect(
      texts.filter(({ word, at }) => names.has(word) && !ownLists[word]?.where.test(at)).map(told),
    ).toEqual([])
  })

  test('no field of an entity is read by name, except those that all entities have', () => {
    const fields = new Set(providers.kinds.all.flatMap(fieldsOf))
    const read = words.flatMap(each => each.fields)
    expect(read.length).toBeGreaterThan(20)
    expect(read.filter(({ word }) => fields.has(word) && !(word in ownFields)).map(told)).toEqual([])
  })

  test('each excepted word is the name of a kind or of its list, and the engine uses it', () => {
    const said = new Set(words.flatMap(each => each.texts.map(({ word }) => word)))
    const lists = new Set(providers.kinds.all.map(({ identity }) => identity.plural))
    expect(Object.keys(ownKinds).filter(word => !said.has(word) || !providers.kinds.of(word))).toEqual([])
    expect(Object.keys(ownLists).filter(word => !said.has(word) || !lists.has(word))).toEqual([])
  })
})
