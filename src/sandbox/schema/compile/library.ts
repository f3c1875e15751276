import type { Facts } from '../../facts.ts'
import type { JsonObject } from '../../json.ts'
import type { Schema, Variants } from '../field.ts'
import { compileSchema, withVariant } from './compile.ts'
import { routeVariant, vaultSchemas } from './variants.ts'

/** The schemas of all kinds, made when first asked for. */
export interface SchemaLibrary {
  readonly kinds: readonly string[]
  of(kind: string): Schema | undefined
}

/** Looks each name up once. */
function remembered<T>(make: (name: string) => T | undefined): (name: string) => T | undefined {
  const made = new Map<string, T | undefined>()
  return name => {
    if (!made.has(name)) made.set(name, make(name))
    return made.get(name)
  }
}

/** Prepares the schemas that a gateway works by. */
export function schemaLibrary(facts: Facts): SchemaLibrary {
  const variantsOf = (
    kind: string,
    key: string,
    unknown: string,
    raw: (name: string) => JsonObject | undefined,
  ): Variants => ({
    key,
    unknown,
    of: remembered(name => {
      const whole = of(kind)
      const schema = raw(name)
      return whole === undefined || schema === undefined
        ? undefined
        : withVariant(whole, `${kind}/${name}`, schema, of)
    }),
  })
  const routes = facts.entities.get('routes') ?? {}
  const variants: Readonly<Record<string, Variants>> = {
    plugins: variantsOf(
      'plugins',
      'name',
      "plugin '%s' not enabled; add it to the 'plugins' configuration property",
      name => facts.plugins.get(name),
    ),
    vaults: variantsOf('vaults', 'name', "vault '%s' is not installed", name => vaultSchemas.get(name)),
    routes: variantsOf('routes', 'protocols', 'unknown type: %s', name => routeVariant(name, routes)),
  }
  const of: (kind: string) => Schema | undefined = remembered(kind => {
    const raw = facts.entities.get(kind)
    return raw === undefined ? undefined : compileSchema(kind, raw, of, variants[kind])
  })
  return { kinds: [...facts.entities.keys()], of }
}
