import { type Entity, isSecretMark } from '../../model/entity.ts'
import { isArray, isObject, type Json } from '../../model/json.ts'

/**
 * Which secrets of entities are in clear text in their manifests: written literally, rather than taken from the
 * environment (`${{ env "DECK_X" }}`) or a vault.
 */
export class ClearText {
  readonly #lines: ReadonlyMap<string, readonly string[]>

  constructor(files: readonly { readonly path: string; readonly text: string }[]) {
    this.#lines = new Map(files.map(({ path, text }) => [path, text.split('\n')]))
  }

  /** The paths of such fields. */
  in(entity: Entity): readonly string[] {
    const { source } = entity
    if (!source) return []
    return markedPaths(entity.fields).filter(path => {
      const { file, line, column } = source.place(path)
      const lines = this.#lines.get(file)
      const rest = lines?.[line - 1]?.slice(column - 1)
      if (lines === undefined || rest === undefined) return false
      const written = textOfEntry(path, rest, lines.slice(line), column)
      return written !== undefined && written !== '' && !written.includes('${{')
    })
  }
}

function markedPaths(value: Json, path = ''): readonly string[] {
  // Values from variables are represented by the variables' names; code that names a header may hold no secret.
  if (isSecretMark(value)) return value.$why === 'variable' || value.$shown?.includes('\n') ? [] : [path]
  const entries = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : []
  return entries.flatMap(([key, item]) => markedPaths(item, path === '' ? String(key) : `${path}.${key}`))
}

/** How many lines of a text over several lines are looked at. */
const mostLines = 200

/** The text written for a key; undefined if something else is there. */
function textOfEntry(
  path: string,
  rest: string,
  following: readonly string[],
  column: number,
): string | undefined {
  const name = path.split('.').at(-1) ?? ''
  const isItem = /^\d+$/.test(name)
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const key = isItem ? /^/ : new RegExp(`^(["']?)${quoted}\\1\\s*:\\s*`)
  const found = key.exec(rest)
  if (!found) return undefined
  const first = rest.slice(found[0].length)
  if (first.trim() !== '' && !/^[|>][\d+-]*\s*(?:#.*)?$/.test(first.trim())) return first.trim()
  const below: string[] = []
  for (const line of following.slice(0, mostLines)) {
    const indent = line.length - line.trimStart().length
    if (line.trim() !== '' && indent < column) break
    below.push(line.trim())
  }
  return below.join('\n').trim()
}
