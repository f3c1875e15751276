import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'

/** A path without symbolic links, as far as it exists. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path))
  }
}

/** Whether a path is a folder or lies below it; both without links. */
export function isBelow(folder: string, path: string): boolean {
  const inside = relative(folder, path)
  return !(inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
}
