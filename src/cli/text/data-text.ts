import type { Json } from '../../model/json.ts'
import { safeJson } from '../../model/safe-text.ts'
import { yamlText } from '../../yaml/write.ts'

/** The forms of output that programs read. */
export type DataForm = 'json' | 'yaml'

/** A value as data for programs. */
export function dataText(value: Json, form: DataForm): string {
  return form === 'json'
    ? `${safeJson(JSON.stringify(value, null, 2))}\n`
    : yamlText(value, { lineWidth: 120, noRefs: true })
}
