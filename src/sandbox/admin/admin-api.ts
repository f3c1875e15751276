import type { GatewayState } from '../gateway/gateway-state.ts'
import { type JsonObject, jsonObject, parseJson } from '../json.ts'
import { notAllowed, notFound } from '../store/problems.ts'
import { type Call, type Endpoint, endpointTable } from './endpoint.ts'
import { entityEndpoints } from './entity-endpoints.ts'
import {
  type AdminRequest,
  type AdminResponse,
  type Arguments,
  answer,
  asBody,
  readArguments,
  refuse,
  segmentsOf,
} from './exchange.ts'
import { formBody, multipartArguments } from './form.ts'
import { informationEndpoints } from './information.ts'
import { nodeEndpoints } from './node-endpoints.ts'
import { withSpecialKinds } from './special-endpoints.ts'

/** Answers requests to the Admin API of one gateway. */
export type AdminApi = (request: AdminRequest) => AdminResponse

const unsupportedType: AdminResponse = {
  status: 415,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  text:
    '<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n<body>\r\n' +
    '<center><h1>415 Unsupported Media Type</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
}

const writes = new Set(['POST', 'PUT', 'PATCH'])

interface Body {
  readonly fields: JsonObject
  readonly isForm: boolean
}

const noBody: Body = { fields: {}, isForm: false }

function readForm(args: Arguments, endpoint: Endpoint): Body {
  return { fields: formBody(args, endpoint.schema), isForm: true }
}

/** Reads the body in the type that it has; an answer where it has another or is broken. */
function readBody(request: AdminRequest, endpoint: Endpoint): Body | AdminResponse {
  if (!writes.has(request.method)) return noBody
  const type = request.contentType
  const bytes = request.body ?? Buffer.alloc(0)
  if (type === undefined) return bytes.length === 0 ? noBody : unsupportedType
  if (type.startsWith('application/json')) {
    const parsed = parseJson(bytes.toString('utf8'))
    const fields = parsed === undefined ? undefined : asBody(parsed)
    return fields === undefined
      ? answer(400, { message: 'Cannot parse JSON body' })
      : { fields, isForm: false }
  }
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return readForm(readArguments(bytes.toString('utf8')), endpoint)
  }
  if (type.startsWith('multipart/form-data')) return readForm(multipartArguments(bytes, type), endpoint)
  return endpoint.path === '/config' && /^(application|text)\/yaml/.test(type) ? noBody : unsupportedType
}

/** Methods that an endpoint accepts, in Kong's order. */
function allowed(endpoint: Endpoint): string {
  const methods = Object.keys(endpoint.methods)
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
}

function options(endpoint: Endpoint): AdminResponse {
  const methods = allowed(endpoint)
  return {
    status: 204,
    headers: {
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'Content-Type',
    },
    text: undefined,
  }
}

const isAnswer = (value: Call | AdminResponse | Body): value is AdminResponse => 'status' in value

/** The Admin API of a gateway. Never throws because of a request's content. */
export function adminApi(state: GatewayState, more: readonly Endpoint[] = []): AdminApi {
  const table = endpointTable([
    ...withSpecialKinds(entityEndpoints(state)),
    ...informationEndpoints,
    ...nodeEndpoints,
    ...more,
  ])
  return request => {
    state.requests++
    const [path = '/', query = ''] = splitOnce(request.target, '?')
    const segments = segmentsOf(path)
    const found = segments === undefined ? undefined : table.find(segments)
    if (found === undefined) return refuse(notFound)
    const { endpoint, params } = found
    const isDisabled = Object.keys(endpoint.methods).length === 0
    if (request.method === 'OPTIONS' && !isDisabled) return options(endpoint)
    const handler = endpoint.methods[request.method === 'HEAD' ? 'GET' : request.method]
    if (handler === undefined && !isDisabled) return refuse(notAllowed)
    const body = readBody(request, endpoint)
    if (isAnswer(body)) return body
    const fields = jsonObject()
    Object.assign(fields, body.fields)
    const call: Call = {
      state,
      method: request.method === 'HEAD' ? 'GET' : request.method,
      params,
      query: readArguments(query),
      body: fields,
      text: request.body?.toString('utf8') ?? '',
      isForm: body.isForm,
    }
    const prepared = endpoint.before?.(call) ?? call
    if (isAnswer(prepared)) return prepared
    return handler?.(prepared) ?? refuse(notFound)
  }
}

function splitOnce(text: string, at: string): [string, string] {
  const i = text.indexOf(at)
  return i < 0 ? [text, ''] : [text.slice(0, i), text.slice(i + 1)]
}
