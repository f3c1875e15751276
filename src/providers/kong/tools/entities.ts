import type { Kind } from '../../../model/entity.ts'
import type { Shape } from '../kinds/manifest-shape.ts'
import { lists } from '../manifest/deck-format.ts'
import { isDraftList, isDraftObject } from './selecting/select.ts'
import type { DraftObject, EditedValue } from './tool-file.ts'

/** One entity of a file under change. */
export interface FileEntity {
  readonly kind: Kind
  readonly fields: DraftObject
}

/** All entities of a file under change, those nested in others too. */
export function entitiesIn(root: DraftObject): readonly FileEntity[] {
  const found: FileEntity[] = []
  for (const [name, shape] of Object.entries(lists)) collect(root[name], shape, found)
  return found
}

function collect(list: EditedValue | undefined, shape: Shape, into: FileEntity[]): void {
  if (!isDraftList(list)) return
  for (const fields of list) {
    if (!isDraftObject(fields)) continue
    into.push({ kind: shape.kind, fields })
    for (const [name, child] of Object.entries(shape.children)) collect(fields[name], child.shape, into)
  }
}
