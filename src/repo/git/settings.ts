/** One setting as printed by `git config --list --show-scope --show-origin -z`. */
export interface Setting {
  /** `system`, `global`, `command`, `local` or `worktree`. */
  readonly scope: string
  /** Its origin, as `file:.git/config`. */
  readonly origin: string
  /** Section and name in lower case, a subsection as written. */
  readonly key: string
  readonly value: string
}

/** Reads what git lists; null if a name or value isn't UTF-8, since it could not be overridden. */
export function readSettings(output: Buffer): readonly Setting[] | null {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(output)
  } catch {
    return null
  }
  const fields = text.split('\0')
  const settings: Setting[] = []
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [scope = '', origin = '', entry = ''] = fields.slice(at, at + 3)
    const end = entry.indexOf('\n')
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]
    settings.push({ scope, origin, key, value })
  }
  return settings
}

/** Those who may name programs: the machine and the user, in their files, and whoever started gatewatch. */
const ownScopes: ReadonlySet<string> = new Set(['system', 'global', 'command'])

/** Whether a setting is the repository's own: in its `config`, its `config.worktree`, or a file that they include. */
export function isOfRepository({ scope }: Setting): boolean {
  return !ownScopes.has(scope)
}

/**
 * Overrides for the settings by which a repository would have programs run, as pairs to set after its own.
 *
 * A repository's settings apply only if they are known to name no program: by their key, or because they are a boolean
 * or a number. Any other is replaced by the user's own setting of that name, or by an empty one, so nothing depends on
 * knowing all keys of all versions of git. Filters, drivers and hooks apply for nobody, since reading needs none.
 */
export function overridesOf(settings: readonly Setting[]): ReadonlyMap<string, string> {
  const own = new Map(settings.filter(each => !isOfRepository(each)).map(({ key, value }) => [key, value]))
  const overrides = new Map<string, string>()
  for (const setting of settings) {
    const { section, subsection, name } = partsOf(setting.key)
    const nobodys = isDriver(section, name)
    if (!nobodys && (!isOfRepository(setting) || isHarmless(setting))) continue
    overrides.set(setting.key, nobodys ? '' : (own.get(setting.key) ?? substitute(setting.key, own)))
    const off = switches.get(section)
    if (off !== undefined) overrides.set(`${section}.${subsection}.${off}`, 'false')
  }
  return overrides
}

interface Parts {
  readonly section: string
  readonly subsection: string
  readonly name: string
}

/** A subsection may itself hold dots. */
function partsOf(key: string): Parts {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
  return {
    section: key.slice(0, first),
    subsection: first === last ? '' : key.slice(first + 1, last),
    name: key.slice(last + 1),
  }
}

/** What else must be set for a driver without a program, so that git doesn't fail because of it. */
const switches: ReadonlyMap<string, string> = new Map([
  ['filter', 'required'],
  ['hook', 'enabled'],
])

/** Programs that git would run between a file and what is read of it, or beside. */
function isDriver(section: string, name: string): boolean {
  if (section === 'filter') return name !== 'required'
  if (section === 'hook') return name !== 'enabled'
  return section === 'diff' && ['external', 'command', 'textconv'].includes(name)
}

/** Sections of git-config(1) in which no key names a program, as far as gatewatch's use of git is concerned. */
const harmlessSections: ReadonlySet<string> = new Set([
  'advice',
  'apply',
  'author',
  'blame',
  'branch',
  'color',
  'column',
  'commit',
  'commitgraph',
  'committer',
  'extensions',
  'feature',
  'fetch',
  'i18n',
  'index',
  'log',
  'mailmap',
  'pack',
  'protocol',
  'pull',
  'push',
  'rebase',
  'reset',
  'status',
  'submodule',
  'tag',
  'transfer',
  'user',
  'versionsort',
  // What they refer to is listed like the rest; repeating them would be an error.
  'include',
  'includeif',
  // An empty one would match all addresses; nothing is fetched where the repository's settings are read.
  'url',
])

/** Keys of the section `core` that name no program. */
const harmlessCore: ReadonlySet<string> = new Set([
  'abbrev',
  'attributesfile',
  'autocrlf',
  'checkroundtripencoding',
  'checkstat',
  'commentchar',
  'commentstring',
  'createobject',
  'eol',
  'excludesfile',
  'fsync',
  'fsyncmethod',
  'safecrlf',
  'sharedrepository',
  'unsetenvvars',
  'whitespace',
  'worktree',
])

const harmlessRemote: ReadonlySet<string> = new Set(['fetch', 'push', 'pushurl', 'tagopt', 'url'])

const harmlessGpg: ReadonlySet<string> = new Set([
  'gpg.format',
  'gpg.mintrustlevel',
  'gpg.ssh.allowedsignersfile',
  'gpg.ssh.revocationfile',
])

/** How keys are called whose value is a program, in git-config(1). */
const programName =
  /(?:askpass|browser|clean|cmd|command|driver|editor|external|helper|hook|pack|pager|process|program|proxy|smudge|textconv|tool|vcs|viewer)$/

function isHarmless({ key, value }: Setting): boolean {
  const { section, subsection, name } = partsOf(key)
  if (harmlessSections.has(section)) return true
  const isPlain = /^(?:true|false|yes|no|on|off|-?\d+[kmg]?|)$/i.test(value)
  // There are programs called true, false and yes.
  if (isPlain && !programName.test(name)) return true
  if (section === 'core') return harmlessCore.has(name)
  if (section === 'remote') return harmlessRemote.has(name)
  if (section === 'gpg') return harmlessGpg.has(key)
  if (section === 'merge' || section === 'diff') {
    return subsection === '' && !['external', 'tool', 'guitool'].includes(name)
  }
  return false
}

/**
 * The programs that check signatures have no empty form: use what git would call without any setting, in either
 * spelling.
 */
function substitute(key: string, own: ReadonlyMap<string, string>): string {
  if (key === 'gpg.program' || key === 'gpg.openpgp.program') {
    return own.get('gpg.openpgp.program') ?? own.get('gpg.program') ?? 'gpg'
  }
  if (key === 'gpg.x509.program') return 'gpgsm'
  return key === 'gpg.ssh.program' ? 'ssh-keygen' : ''
}
