import { Bindings, same } from './compare.ts'
import { isRecord } from './recordings.ts'

/** Lists of the Admin API, each after those that it points to. */
const paths = [
  'certificates',
  'ca_certificates',
  'snis',
  'services',
  'routes',
  'consumers',
  'upstreams',
  'targets',
  'vaults',
  'key-sets',
  'keys',
  'key-auths',
  'basic-auths',
  'hmac-auths',
  'jwts',
  'oauth2',
  'acls',
  'plugins',
]

async function list(adminUrl: string, path: string): Promise<unknown[]> {
  const found: unknown[] = []
  let next: unknown = `/${path}?size=1000`
  while (typeof next === 'string') {
    const answer: unknown = await (await fetch(adminUrl + next)).json()
    if (!isRecord(answer) || !Array.isArray(answer.data)) throw new Error(`GET ${next}: expected a list`)
    found.push(...answer.data)
    next = answer.next
  }
  return found
}

/** All that a gateway holds, by Admin API path; lists that are empty are left out. */
export async function liveState(adminUrl: string): Promise<Record<string, unknown[]>> {
  const state: Record<string, unknown[]> = {}
  for (const path of paths) {
    if (path !== 'targets') state[path] = await list(adminUrl, path)
  }
  const targets = (state.upstreams ?? []).map(upstream =>
    isRecord(upstream) ? list(adminUrl, `upstreams/${String(upstream.id)}/targets`) : [],
  )
  state.targets = (await Promise.all(targets)).flat()
  return Object.fromEntries(Object.entries(state).filter(([, entities]) => entities.length > 0))
}

/** Lists that are not as recorded, ids and times aside. */
export function differingLists(recorded: unknown, here: Record<string, unknown[]>): string[] {
  if (!isRecord(recorded)) return ['no recorded state']
  const bindings = new Bindings()
  const known = new Set([...paths, ...Object.keys(recorded)])
  return [...known].filter(
    path => !bindings.attempt(trial => same(recorded[path] ?? [], here[path] ?? [], trial)),
  )
}
