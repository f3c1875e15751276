import { isObject, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import { partProblem } from '../../../../model/problems/shared-faults.ts'
import type { AdminAnswer } from './admin-api.ts'

/** What may not be read, as a problem; `parts` is what it is one of. */
export function forbidden(target: string, what: string, parts = 'kinds'): Problem {
  return partProblem(
    { before: 'reading ', part: what, after: ' is not allowed (403)', parts },
    { code: 'forbidden', target, hint: 'Ask for that permission; until then it is unknown.' },
  )
}

/** Kong's own sentence, without values: its messages name fields and rules. */
export function messageOf(answer: AdminAnswer): string {
  const body = answer.body
  if (!isObject(body)) return ''
  const { message } = body
  return typeof message === 'string' ? `: ${withoutValues(message)}` : ''
}

/** The fields that Kong complains of, as paths; what it says of the whole entity is none. */
export function fieldsOf({ body }: AdminAnswer): readonly string[] {
  const paths = (value: JsonObject, path: string): readonly string[] =>
    Object.entries(value).flatMap(([name, below]) => {
      if (name.startsWith('@')) return []
      return isObject(below) ? paths(below, `${path}${name}.`) : [path + name]
    })
  return isObject(body) && isObject(body.fields) ? paths(body.fields, '') : []
}

/** Kong quotes the value of a unique field, which may be a key: only the field's name stays. */
function withoutValues(message: string): string {
  return message.replace(/='?"?[^,}]*"?'?([,}])/g, '$1')
}
