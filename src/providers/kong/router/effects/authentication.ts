import type { AuthenticationState } from '../../../../model/routing/posture.ts'
import type { Route } from '../configuration/entities.ts'
import type { KongRouter } from '../router.ts'
import { authenticates, factsOf } from './plugin-facts.ts'
import { PluginFields } from './plugin-fields.ts'
import type { Consumer, ScopedPlugin } from './plugin-scopes.ts'

/** A plugin in effect on a route that authenticates. */
export interface AuthenticationPlugin {
  readonly plugin: ScopedPlugin
  /** The consumer that requests without credentials pass as; null: they are refused. */
  readonly anonymous: string | null
}

export interface Authentication {
  readonly state: AuthenticationState
  readonly plugins: readonly AuthenticationPlugin[]
  /** What else decides the state: what refuses anonymous callers, ends all requests, or runs code. */
  readonly because: readonly ScopedPlugin[]
}

/** How a route authenticates, all plugins in effect taken together. */
export function authenticationOf(router: KongRouter, route: Route): Authentication {
  const effective = router.scopes.effective(route, null)
  const plugins = effective
    .filter(plugin => authenticates(plugin.name))
    .map(plugin => ({ plugin, anonymous: new PluginFields(plugin.plugin.config).text('anonymous') }))
  const ending = effective.find(plugin => endsEverything(plugin))
  if (ending) return { state: 'closed', plugins, because: [ending] }
  if (plugins.some(({ anonymous }) => anonymous === null)) return { state: 'required', plugins, because: [] }
  const first = plugins[0]
  if (first) return withAnonymous(router, route, plugins, first.anonymous ?? '')
  const acl = effective.find(plugin => plugin.name === 'acl')
  const code = effective.filter(runsCode)
  if (code.length > 0) return { state: 'unknown', plugins, because: code }
  return acl ? { state: 'closed', plugins, because: [acl] } : { state: 'open', plugins, because: [] }
}

/** All plugins let anonymous callers pass; what applies to that consumer may still refuse them. */
function withAnonymous(
  router: KongRouter,
  route: Route,
  plugins: readonly AuthenticationPlugin[],
  anonymous: string,
): Authentication {
  const consumer = router.credentials.consumer(anonymous)
  const effective = router.scopes.effective(route, consumer ?? null)
  const refusing = effective.find(
    plugin => endsEverything(plugin) || refusesAnonymous(router, plugin, consumer),
  )
  return refusing
    ? { state: 'required', plugins, because: [refusing] }
    : { state: 'anonymous', plugins, because: [] }
}

function endsEverything(plugin: ScopedPlugin): boolean {
  if (plugin.name !== 'request-termination' && plugin.name !== 'redirect') return false
  return new PluginFields(plugin.plugin.config).text('trigger') === null
}

/** An ACL that allows groups the anonymous consumer is not in, or denies one that it is in. */
function refusesAnonymous(router: KongRouter, plugin: ScopedPlugin, consumer: Consumer | undefined): boolean {
  const groups = consumer && router.credentials.groupsOf(consumer)
  if (plugin.name !== 'acl' || !groups) return false
  const fields = new PluginFields(plugin.plugin.config)
  const deny = fields.texts('deny')
  if (deny.length > 0) return deny.some(group => groups.includes(group))
  return !fields.texts('allow').some(group => groups.includes(group))
}

/** Serverless functions and plugins that are not known can do anything. */
export function runsCode(plugin: ScopedPlugin): boolean {
  return plugin.name === 'pre-function' || plugin.name === 'post-function' || !factsOf(plugin.name)
}
