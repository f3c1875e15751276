import type { JsonObject } from '../../model/json.ts'

/** An OpenAPI document with one operation, `GET /payouts`, for examples. */
export function oneOperation(operation: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    info: { title: 'Payouts', version: '1.0.0' },
    paths: { '/payouts': { get: { responses: { '200': { description: 'Done' } }, ...operation } } },
    ...more,
  }
}

/** An OpenAPI document with one operation, `POST /payouts`, that takes a body of this schema. */
export function oneBody(schema: JsonObject): JsonObject {
  return {
    info: { title: 'Payouts', version: '1.0.0' },
    paths: {
      '/payouts': {
        post: {
          requestBody: { content: { 'application/json': { schema } } },
          responses: { '201': { description: 'Created' } },
        },
      },
    },
  }
}
