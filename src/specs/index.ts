export { generate } from './generate.ts'
export type { Generated, GeneratedManifest, Origin } from './manifest.ts'
export type { GenerateOptions } from './options.ts'
export { type Specification, specificationOf } from './specification.ts'
