/** A change that a plugin makes to the headers of a response. Names as configured, values byte strings. */
export type HeaderEdit =
  | { readonly edit: 'set' | 'append'; readonly name: string; readonly value: string }
  /** Only where the header is there already, or is not there yet. */
  | { readonly edit: 'replace' | 'add'; readonly name: string; readonly value: string }
  | { readonly edit: 'remove'; readonly name: string }
  | { readonly edit: 'rename'; readonly name: string; readonly to: string }

/** Applies edits in order to headers by lower-case name; gives new headers. */
export function editHeaders(
  headers: Readonly<Record<string, string | readonly string[]>>,
  edits: readonly HeaderEdit[],
): Readonly<Record<string, string | readonly string[]>> {
  const result = new Map(Object.entries(headers))
  for (const edit of edits) {
    const name = edit.name.toLowerCase()
    const before = result.get(name)
    if (edit.edit === 'remove') result.delete(name)
    else if (edit.edit === 'rename') {
      if (before === undefined) continue
      result.delete(name)
      result.set(edit.to.toLowerCase(), before)
    } else if (edit.edit === 'append') {
      result.set(name, before === undefined ? edit.value : [before, edit.value].flat())
    } else if (edit.edit === 'set' || (edit.edit === 'add') === (before === undefined))
      result.set(name, edit.value)
  }
  return Object.fromEntries(result)
}
