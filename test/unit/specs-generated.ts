import type { JsonObject } from '../../src/model/json.ts'
import { type Problem, problemText } from '../../src/model/problem.ts'
import { type Generated, type GenerateOptions, generate, specificationOf } from '../../src/specs/index.ts'

function convert(text: string, options?: GenerateOptions) {
  const spec = specificationOf('s.yaml', text)
  return spec.ok ? generate(spec.value, options) : spec
}

/** What is generated of a specification; throws what is wrong with it. */
export function made(text: string, options?: GenerateOptions): Generated {
  const result = convert(text, options)
  if (!result.ok) throw new Error(result.error.map(problemText).join('\n'))
  return result.value
}

/** What is wrong with a specification, as people read it. */
export function problems(text: string, options?: GenerateOptions): string[] {
  const result = convert(text, options)
  return result.ok ? [] : result.error.map(problemText)
}

/** The routes of all services. */
export function routesOf({ manifest }: Generated): JsonObject[] {
  return manifest.services.flatMap(service => (Array.isArray(service.routes) ? service.routes : []))
}

/** Warnings as people read them. */
export function texts(warnings: readonly Problem[]): string[] {
  return warnings.map(problemText)
}

/** What every specification begins with. */
export const HEAD = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\n"
