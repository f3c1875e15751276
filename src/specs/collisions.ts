import type { Problem } from '../model/problem.ts'
import type { Generated } from './manifest.ts'

export function findCollisions(_made: Pick<Generated, 'manifest' | 'origins'>): readonly Problem[] {
  return []
}
