import { createHash } from 'node:crypto'
import { isObject } from '../../../src/model/json.ts'
import { fieldsOf, type RandomState } from '../../random/entities.ts'
import type { Lists } from './deck-changes.ts'

/**
 * Passwords at a gateway that are not those of a state, in words: decK can't see that one changed, so that the two could
 * agree on a wrong one. A gateway keeps the SHA-1 of a password and its consumer's id.
 */
export function wrongPasswords(state: RandomState, live: Lists): readonly string[] {
  return state
    .filter(each => each.kind.kind === 'basic-auth')
    .map(fieldsOf)
    .filter(({ username, password }) => {
      const there = live['basic-auths']?.find(each => each.username === username)
      const consumer = isObject(there?.consumer) ? there.consumer.id : undefined
      return there?.password !== createHash('sha1').update(`${password}${consumer}`).digest('hex')
    })
    .map(({ username }) => `after the sync: basic-auth ${username} has another password`)
}
