import { dump } from 'js-yaml'
import type { Json } from '../../model/json.ts'

/** The forms of output that programs read. */
export type DataForm = 'json' | 'yaml'

/** A value as data for programs. */
export function dataText(value: Json, form: DataForm): string {
  return form === 'json'
    ? `${JSON.stringify(value, null, 2)}\n`
    : dump(value, { lineWidth: 120, noRefs: true })
}
