import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, posix, relative, sep } from 'node:path'

/** Why a module can't be read, as the end of a sentence without a full stop. */
export class ModuleError extends Error {}

const most = { bytesOfFile: 1_000_000, files: 100 }

/**
 * The files that a function may consist of: those below allowed folders, with links resolved. Modules are named by
 * their paths from a root folder, with `/` between names, so code learns nothing about the machine.
 */
export class FunctionModules {
  readonly #root: string
  readonly #allowed: readonly string[]
  readonly #texts = new Map<string, string>()

  /** @param allowed folders, relative to the root */
  constructor(root: string, allowed: readonly string[]) {
    this.#root = root
    this.#allowed = allowed.flatMap(folder => realPathOf(join(root, folder)) ?? [])
  }

  /** Whether a file is there and below an allowed folder. */
  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** The code of a module; throws `ModuleError`. */
  read(name: string): string {
    const known = this.#texts.get(name)
    if (known !== undefined) return known
    const path = this.#find(name)
    if (path === undefined) throw new ModuleError(`${name} is not in an allowed folder`)
    if (statSync(path).size > most.bytesOfFile) {
      throw new ModuleError(`${name} is larger than ${most.bytesOfFile} bytes`)
    }
    if (this.#texts.size >= most.files) throw new ModuleError(`it imports more than ${most.files} files`)
    const text = codeOf(name, textOf(name, path))
    this.#texts.set(name, text)
    return text
  }

  /** The modules that were read. */
  names(): readonly string[] {
    return [...this.#texts.keys()]
  }

  /** A digest of everything that was read. */
  digest(): string {
    return createHash('sha256')
      .update(JSON.stringify([...this.#texts].sort()))
      .digest('hex')
  }

  #find(name: string): string | undefined {
    const path = realPathOf(join(this.#root, name))
    if (path === undefined || !this.#allowed.some(folder => isBelow(folder, path))) return undefined
    return statSync(path).isFile() ? path : undefined
  }
}

/** The name of a module's import; throws `ModuleError` if that isn't a file next to it. */
export function importedName(from: string, wanted: string): string {
  if (!/^\.\.?\//.test(wanted)) {
    throw new ModuleError(`it imports "${wanted}": a function can only import files, such as "./names.js"`)
  }
  return posix.join(posix.dirname(from), wanted)
}

/** JSON is a module whose default export is its value. */
function codeOf(name: string, text: string): string {
  if (!name.endsWith('.json')) return text
  return `export default JSON.parse(${JSON.stringify(text)})`
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new ModuleError(`${name} can't be read`)
  }
}

function isBelow(folder: string, path: string): boolean {
  const inside = relative(folder, path)
  return inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside)
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
