import { pathFits } from '../policies/wildcard.ts'

/** Someone as Git knows them. */
export interface Person {
  readonly name: string
  readonly email: string
}

/**
 * The people behind the names that CODEOWNERS, policies and waivers use: `@mira`, `@pay/gateways`, an email address.
 */
export class People {
  readonly #emails: ReadonlyMap<string, readonly string[]>

  constructor(emails: Readonly<Record<string, readonly string[]>>) {
    this.#emails = new Map(
      Object.entries(emails).map(([name, list]) => [plainName(name), list.map(email => email.toLowerCase())]),
    )
  }

  /** The email addresses of a person or of a team's members, as far as they are known. */
  emailsOf(name: string): readonly string[] {
    const known = this.#emails.get(plainName(name)) ?? []
    return isEmail(name) ? [name.toLowerCase(), ...known] : known
  }

  /** Whether an address is known to be of a person or of a team's member. */
  isKnownAs(name: string, email: string): boolean {
    return this.emailsOf(name).includes(email.toLowerCase())
  }

  /** Whether a name may mean someone: known to be, or with the same name. For people who must not be the same. */
  mayBe(name: string, person: Person): boolean {
    const plain = plainName(name)
    return (
      this.isKnownAs(name, person.email) ||
      plain === plainName(person.name) ||
      plain === plainName(person.email.split('@', 1)[0] ?? '')
    )
  }

  /** Whether two names may mean the same person. */
  maySame(one: string, other: string): boolean {
    if (plainName(one) === plainName(other)) return true
    const emails = this.emailsOf(one)
    return this.emailsOf(other).some(email => emails.includes(email))
  }

  /** Whether someone is among owners: named, or a member of a named team. */
  isAmong(owners: readonly string[], name: string): boolean {
    return owners.some(
      owner =>
        plainName(owner) === plainName(name) ||
        this.emailsOf(name).some(email => this.isKnownAs(owner, email)),
    )
  }
}

function isEmail(name: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(name)
}

function plainName(name: string): string {
  return name.trim().replace(/^@/, '').toLowerCase()
}

/** A CODEOWNERS file: the last pattern that matches a path determines its owners. */
export interface CodeOwners {
  ownersOf(path: string): readonly string[]
}

/** Reads CODEOWNERS: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
export function codeOwnersOf(text: string): CodeOwners {
  const lines = text.split('\n').flatMap(line => {
    const [pattern, ...owners] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
    // A line in brackets begins a section, as GitLab has them.
    if (!pattern || /^\^?\[/.test(pattern)) return []
    return [{ patterns: patternsOf(pattern), owners }]
  })
  return {
    ownersOf: path =>
      lines.findLast(({ patterns }) => patterns.some(pattern => pathFits(pattern, path)))?.owners ?? [],
  }
}

/** A pattern in the style of `.gitignore`, converted to patterns for whole paths. */
function patternsOf(pattern: string): readonly string[] {
  const bare = pattern.replace(/^\//, '')
  const anchored = pattern.startsWith('/') || bare.replace(/\/$/, '').includes('/')
  const from = anchored ? bare : `**/${bare}`
  if (bare.endsWith('/')) return [`${from}**`]
  // A star at the end matches what is directly in a folder; a name may be that of a folder.
  return bare.endsWith('/*') ? [from] : [from, `${from}/**`]
}
