import { factsOf } from '../effects/plugin-facts.ts'
import type { PluginModel } from '../requests/exchange.ts'
import { acl } from './acl.ts'
import { basicAuth } from './basic-auth.ts'
import { correlationId } from './correlation-id.ts'
import { cors } from './cors.ts'
import { keyAuth } from './key-auth.ts'
import { otherAuthentication } from './other-authentication.ts'
import { rateLimiting } from './rate-limiting.ts'
import { requestTransformer } from './request-transformer.ts'
import { responseTransformer } from './response-transformer.ts'
import {
  botDetection,
  ipRestriction,
  redirect,
  requestSizeLimiting,
  requestTermination,
} from './restrictions.ts'

const models: ReadonlyMap<string, PluginModel> = new Map(
  Object.entries({
    acl,
    'basic-auth': basicAuth,
    'bot-detection': botDetection,
    'correlation-id': correlationId,
    cors,
    'ip-restriction': ipRestriction,
    'key-auth': keyAuth,
    'rate-limiting': rateLimiting,
    redirect,
    'request-size-limiting': requestSizeLimiting,
    'request-termination': requestTermination,
    'request-transformer': requestTransformer,
    'response-transformer': responseTransformer,
  }),
)

/** How a plugin is modelled; null: it only watches; undefined: what it does is not known from here. */
export function modelOf(plugin: string): PluginModel | null | undefined {
  const effect = factsOf(plugin)?.effect
  if (effect === 'authentication') return otherAuthentication
  return effect === 'observes' ? null : models.get(plugin)
}
