import type { HeldCase } from '../compatibility.ts'
import { isRecord } from './recordings.ts'
import type { Difference } from './replay.ts'

/** Why the sandbox answers some requests otherwise than the real gateway. */
interface Exception {
  readonly applies: (difference: Difference) => boolean
  readonly reason: string
}

const bodyOf = (difference: Difference): string => JSON.stringify(difference.exchange.request.body ?? '')
const answered = (difference: Difference): string => JSON.stringify(difference.exchange.response.body ?? '')

const exceptions: readonly Exception[] = [
  {
    applies: difference =>
      /"(pre|post)-function"/.test(bodyOf(difference)) && answered(difference).includes('error parsing'),
    reason:
      'The real gateway compiles the Lua code of these plugins; the sandbox has no Lua and takes it as it is.',
  },
]

/** The reason for a difference; undefined for one that nobody has explained. */
export const reasonFor = (difference: Difference): string | undefined =>
  exceptions.find(exception => exception.applies(difference))?.reason

const short = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === undefined ? '' : text.length > 160 ? `${text.slice(0, 160)}…` : text
}

function message(body: unknown): string {
  return isRecord(body) && typeof body.message === 'string' ? body.message : short(body)
}

/** An exchange that is answered otherwise, as docs/compatibility.md lists it. */
export function differenceRow(topic: string, difference: Difference): HeldCase {
  const { request, response } = difference.exchange
  const said = difference.status < 400 ? 'done' : short(message(difference.body))
  const why = reasonFor(difference)
  return {
    case: `${topic}: ${request.method} ${request.path} ${short(request.body)}`,
    held: `${response.status} ${short(message(response.body))}`,
    here: `${difference.status} ${said}`,
    ...(why === undefined ? { verdict: 'wrong' } : { verdict: 'otherwise', why }),
  }
}
