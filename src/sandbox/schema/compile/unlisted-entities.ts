import type { JsonObject } from '../../json.ts'

const id = { id: { type: 'string', len_min: 1, uuid: true, auto: true } }
const createdAt = { created_at: { type: 'integer', timestamp: true, auto: true } }

const entity = (...fields: readonly JsonObject[]): JsonObject => ({
  fields: [id, createdAt, ...fields],
  entity_checks: [],
})

/** Kinds that the gateway fills itself while requests go through it; they have an Admin API all the same. */
export const unlistedEntities: ReadonlyMap<string, JsonObject> = new Map([
  [
    'oauth2_tokens',
    entity(
      { service: { type: 'foreign', reference: 'services', on_delete: 'cascade', default: null } },
      {
        credential: {
          type: 'foreign',
          reference: 'oauth2_credentials',
          on_delete: 'cascade',
          required: true,
        },
      },
      { token_type: { type: 'string', required: true, one_of: ['bearer'], default: 'bearer' } },
      { expires_in: { type: 'integer', required: true } },
      { access_token: { type: 'string', unique: true, auto: true } },
      { refresh_token: { type: 'string', unique: true } },
      { authenticated_userid: { type: 'string' } },
      { scope: { type: 'string' } },
    ),
  ],
  [
    'sessions',
    entity(
      { session_id: { type: 'string', unique: true, required: true } },
      { expires: { type: 'integer' } },
      { data: { type: 'string' } },
    ),
  ],
  [
    'acme_storage',
    entity(
      { key: { type: 'string', required: true, unique: true, auto: true } },
      { value: { type: 'string', required: true, auto: true } },
    ),
  ],
])
