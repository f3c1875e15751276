import type { CredentialSource, Permissions, Sending } from '../../config/index.ts'
import type { Trust } from '../../workflows/project/trust.ts'
import { aligned, counted, type Paint, plain } from './text-parts.ts'

/** One thing that a configuration asks for. */
interface Item {
  /** Where its group stands. */
  readonly order: number
  /** What it is about: an address, or a heading. */
  readonly about: string
  readonly what: string
  readonly how: string
  /** Words of our own. */
  readonly warning: string | null
}

/** Variables with this prefix are meant for gateways. */
const usualNames = /^(?:GATEWATCH|DECK|KONG|KONNECT)_/

/**
 * What a configuration asks for, for a person who decides on it. If something else was allowed before, each line says
 * whether it is new or gone.
 *
 * @param only `changes`: leaves out what is unchanged
 */
export function permissionsText(
  { permissions, record, digest }: Trust,
  paint: Paint,
  only: 'all' | 'changes' = 'all',
): string {
  const now = itemsOf(permissions)
  const before = record && record.digest !== digest ? itemsOf(record.permissions) : now
  const [known, asked] = [new Set(before.map(textOf)), new Set(now.map(textOf))]
  const rows: Row[] = [
    ...before.filter(item => !asked.has(textOf(item))).map(item => ({ mark: '-' as const, item })),
    ...now.map(item => ({ mark: known.has(textOf(item)) ? (' ' as const) : ('+' as const), item })),
  ]
  // What is gone precedes what replaces it.
  const whats = [...new Set([...now, ...before].map(({ what }) => what))]
  rows.sort((a, b) => whats.indexOf(a.item.what) - whats.indexOf(b.item.what))
  const groups = [...Map.groupBy(rows, ({ item }) => item.about)]
    .filter(([, group]) => only === 'all' || group.some(({ mark }) => mark !== ' '))
    .sort(
      ([about, [a]], [other, [b]]) => (a?.item.order ?? 0) - (b?.item.order ?? 0) || (about < other ? -1 : 1),
    )
  return groups.map(([about, group]) => groupText(about, group, paint)).join('\n')
}

/** The size of a list that has scrolled off the top of the screen: `3 addresses, 2 lines marked with !`. */
export function permissionsSummary(permissions: Permissions): string {
  const addresses = counted(new Set(permissions.sends.map(({ address }) => address)).size, 'address')
  const marked = itemsOf(permissions).filter(({ warning }) => warning !== null).length
  return marked === 0 ? addresses : `${addresses}, ${counted(marked, 'line')} marked with !`
}

interface Row {
  readonly mark: ' ' | '+' | '-'
  readonly item: Item
}

function groupText(about: string, rows: readonly Row[], paint: Paint): string {
  const cells = aligned(rows.map(({ item }) => [plain(item.what), plain(item.how)]))
  const lines = rows.map(({ mark, item }, at) => {
    const text = `${mark} ${cells[at] ?? ''}`
    const styled = mark === ' ' ? text : paint(mark === '+' ? 'green' : 'red', text)
    return `  ${styled}${item.warning === null ? '' : `   ${paint('yellow', `! ${item.warning}`)}`}\n`
  })
  return `  ${paint('bold', plain(about))}\n${lines.join('')}`
}

function textOf({ about, what, how }: Item): string {
  return [about, what, how].join('\0')
}

function itemsOf({ sends, reads, functions, seals = [] }: Permissions): readonly Item[] {
  const ways = new Map<string, number>()
  const sent = sends.flatMap(sending => {
    const way = (ways.get(sending.address) ?? 0) + 1
    ways.set(sending.address, way)
    return sendingItems(sending, way)
  })
  return [
    ...sent,
    ...reads.map(({ path, as }) => ({
      order: 1,
      about: 'reads outside the repository',
      what: as,
      how: path,
      warning: null,
    })),
    ...functions.map(path => ({
      order: 2,
      about: 'runs functions of policies, without files, network or environment',
      what: 'folder',
      how: path,
      warning: null,
    })),
    ...seals.map(key => ({
      order: 3,
      about: 'seals secrets that a sync overwrites or deletes, in the journal on this machine',
      what: 'to the key',
      how: key,
      warning: null,
    })),
  ]
}

/** @param way numbers what goes to the same address with other settings, from 1 */
function sendingItems(sending: Sending, way: number): readonly Item[] {
  const { address, headers, identity, authorities, serverName, checksCertificate } = sending
  const about = `sends to ${address}${way === 1 ? '' : `, in way ${way}`}`
  const item = (what: string, how: string, warning: string | null = null): Item => {
    return { order: 0, about, what, how, warning }
  }
  const items = headers.map(({ name, prefix, from }) => {
    const value =
      prefix === undefined ? sourceText(from) : `${JSON.stringify(prefix)} and ${sourceText(from)}`
    return item(`header ${name}`, value, warningOf(from))
  })
  if (identity) {
    const how = `${sourceText(identity.certificate)}, with the key ${sourceText(identity.key)}`
    const warning = warningOf(identity.key) ?? warningOf(identity.certificate)
    items.push(item('client certificate', how, warning))
  }
  if (authorities) {
    const content = authorities.digest === undefined ? '' : ` (sha256:${authorities.digest.slice(0, 12)})`
    const warning = authorities.outside ? 'outside the repository' : null
    items.push(item('trusts authorities of', `${authorities.path}${content}`, warning))
  }
  if (serverName !== undefined) items.push(item('expects the name', serverName))
  if (!checksCertificate) {
    items.push(item('checks', 'no certificate', 'anyone in between can read it'))
  }
  if (headers.length === 0 && !identity) {
    items.unshift(item('requests', 'without credentials'))
  }
  return items
}

function sourceText(source: CredentialSource): string {
  if ('env' in source) return `$${source.env}`
  if ('file' in source) return `the file ${source.file.path}`
  return 'option' in source ? source.option : 'a text in the configuration'
}

function warningOf(source: CredentialSource): string | null {
  if ('env' in source && !usualNames.test(source.env)) return 'a variable of other programs'
  return 'file' in source && source.file.outside ? 'outside the repository' : null
}
