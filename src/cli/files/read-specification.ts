import { resolve } from 'node:path'
import { orThrow } from '../../model/problem.ts'
import type { Specification } from '../../specs/index.ts'
import type { Io } from '../command.ts'

/** What commands that read one specification need to know about it. */
export interface SpecificationOptions {
  readonly design?: string
  readonly allowHost: readonly string[]
}

/** Reads the specification that a command names; `text` is its content where that came by standard input. */
export async function readNamed(
  io: Io,
  spec: string,
  { design, allowHost }: SpecificationOptions,
  text?: string,
): Promise<Specification> {
  const { readSpecification, rootOf } = await import('../../specs/index.ts')
  const path = resolve(io.cwd, spec)
  const read = await readSpecification(path, {
    root: rootOf(path, io.cwd),
    allowedHosts: allowHost,
    signal: io.signal,
    ...(text === undefined ? {} : { text }),
    ...(design === undefined ? {} : { design }),
  })
  return orThrow(read)
}
