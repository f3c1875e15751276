import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { policyText } from '../unit/governance-repository.ts'

/** Where a clone says which programs git is to run. */
export const places = ['config', 'config.worktree', 'include', 'includeIf', 'gitfile', 'bare folder'] as const
export type Place = (typeof places)[number]

/** A setting's value that has a program run, which leaves a mark and lets through what it is given. */
type Value = (program: string) => string

/** Keys of git-config(1), to version 2.54, that name a program or have one run, with what stands there. */
const keys: readonly (readonly [key: string, value: Value])[] = [
  ...['alias.blame', 'alias.cat-file', 'alias.config', 'alias.log', 'alias.status'].map(
    (key): [string, Value] => [key, program => `!${program}`],
  ),
  ...[
    'browser.evil.cmd',
    'core.alternateRefsCommand',
    'core.askPass',
    'core.editor',
    'core.fsmonitor',
    'core.gitProxy',
    'core.pager',
    'core.sshCommand',
    'credential.helper',
    'credential.https://forge.example.helper',
    'diff.evil.command',
    'diff.evil.textconv',
    'diff.external',
    'difftool.evil.cmd',
    'filter.evil.clean',
    'filter.evil.smudge',
    'filter.odd=na.me.clean',
    'filter.server.process',
    'filter.server.smudge',
    'filter.Ümläut "q".clean',
    'gc.recentObjectsHook',
    'gpg.openpgp.program',
    'gpg.program',
    'gpg.ssh.defaultKeyCommand',
    'gpg.ssh.program',
    'gpg.x509.program',
    'guitool.evil.cmd',
    'help.browser',
    'hook.evil.command',
    'imap.tunnel',
    'instaweb.httpd',
    'interactive.diffFilter',
    'man.evil.cmd',
    'merge.evil.driver',
    'mergetool.evil.cmd',
    'pager.blame',
    'pager.config',
    'pager.log',
    'pager.status',
    'remote.origin.receivepack',
    'remote.origin.uploadpack',
    'remote.origin.vcs',
    'sendemail.toCmd',
    'sequence.editor',
    'tar.evil.command',
    'trailer.evil.cmd',
    'trailer.evil.command',
    'uploadpack.packObjectsHook',
    'web.browser',
    // A key that no git has yet.
    'novelty.evil.startCommand',
  ].map((key): [string, Value] => [key, program => program]),
  ['submodule.evil.update', program => `!${program}`],
  ['remote.origin.url', program => `ext::${program}`],
  ['remote.origin.pushurl', program => `ext::${program}`],
]

/** What makes git do more of it. */
const plain: readonly (readonly [key: string, value: string])[] = [
  ['commit.gpgSign', 'true'],
  ['diff.evil.cachetextconv', 'false'],
  ['extensions.partialClone', 'origin'],
  ['filter.evil.required', 'true'],
  ['filter.odd=na.me.required', 'true'],
  ['filter.server.required', 'true'],
  ['hook.evil.event', 'reference-transaction'],
  ['log.showSignature', 'true'],
  ['protocol.allow', 'always'],
  ['protocol.ext.allow', 'always'],
  ['push.gpgSign', 'true'],
  ['remote.origin.partialclonefilter', 'blob:none'],
  ['remote.origin.promisor', 'true'],
  ['safe.bareRepository', 'all'],
  ['safe.directory', '*'],
  ['submodule.recurse', 'true'],
]

export const keyCount = keys.length

const hooks = [
  'fsmonitor-watchman',
  'post-index-change',
  'pre-auto-gc',
  'pre-commit',
  'pre-push',
  'reference-transaction',
]

const manifest = `_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.internal
  read_timeout: 90000
  routes:
  - name: payouts-list
    paths: [/payouts]
`

const specification = `openapi: 3.0.3
info: { title: Payouts, version: "1" }
servers: [{ url: http://payouts.internal }]
paths:
  /payouts:
    get:
      operationId: list
      responses: { "200": { description: Payouts } }
`

const fleet = (address: string): string => `version: 1
name: payments
environments: [dev, prod]
targets:
  dev: { environment: dev, kong: { address: "${address}" }, manifests: [kong.yaml] }
specifications: [specs/*.yaml]
policies: [policies/*.yaml]
governance:
  require_approval: true
`

/** A clone that wants programs to be run, which leave marks. */
export class HostileClone implements Disposable {
  readonly #top = realpathSync(mkdtempSync(join(tmpdir(), 'gatewatch-clone-')))
  /** The folder of the manifests. */
  readonly folder: string

  constructor(place: Place, address: string) {
    const clone = join(this.#top, 'clone')
    mkdirSync(join(this.#top, 'marks'))
    this.folder = place === 'bare folder' ? join(clone, 'vendor') : clone
    this.#write('clone/kong.yaml', manifest)
    this.#git(clone, 'init', '-q', '-b', 'main')
    this.#content(clone, address)
    this.#commitAll(clone)
    this.#plant(place, clone)
    // Programs of the names that gatewatch runs, where a careless PATH would find them.
    for (const name of ['git', 'gpg', 'ssh', 'ssh-keygen']) {
      this.#script(join(this.folder, name), 'exit 1')
      this.#script(join(this.folder, 'node_modules/.bin', name), 'exit 1')
    }
    // Git looks at the content only of what may have changed.
    this.#write('clone/kong.yaml', manifest.replace('90000', '80000'))
    if (place === 'bare folder') this.#write('clone/vendor/kong.yaml', manifest.replace('90000', '80000'))
  }

  get stateFolder(): string {
    return join(this.#top, 'state')
  }

  /** A folder beside the clone. */
  get outside(): string {
    return this.#top
  }

  /** What ran since the last time. */
  marks(): readonly string[] {
    const folder = join(this.#top, 'marks')
    const found = readdirSync(folder)
    for (const name of found) rmSync(join(folder, name))
    return found
  }

  [Symbol.dispose](): void {
    rmSync(this.#top, { recursive: true })
  }

  /** Sets one more thing, as whoever made the clone would have. */
  configure(key: string, value: string): void {
    this.#git(this.folder, 'config', '--replace-all', key, value)
  }

  /** Adds bytes to its settings. */
  append(bytes: Buffer): void {
    appendFileSync(join(this.folder, '.git/config'), bytes)
  }

  /** Git as people run it, to show that the programs would run. */
  plainGit(...args: readonly string[]): void {
    try {
      execFileSync('git', args, {
        cwd: this.folder,
        stdio: ['ignore', 'ignore', 'ignore'],
        timeout: 3_000,
        env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
      })
    } catch {
      // What it comes to does not matter.
    }
  }

  #git(cwd: string, ...args: readonly string[]): string {
    const who = ['-c', 'user.name=tess', '-c', 'user.email=tess@x.example']
    return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8' }).trim()
  }

  #write(path: string, text: string): void {
    const file = join(this.#top, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  #script(file: string, end: string, mark = basename(file)): void {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `#!/bin/sh\n: > "${join(this.#top, 'marks')}/${mark}"\n${end}\n`)
    chmodSync(file, 0o755)
  }

  #content(clone: string, address: string): void {
    const attributes =
      '*.yaml filter=evil diff=evil merge=evil\nspecs/* filter=odd=na.me\npolicies/* filter=server\n'
    const files: Readonly<Record<string, string>> = {
      '.gitattributes': attributes,
      'gatewatch.yaml': fleet(address),
      'specs/payouts.yaml': specification,
      'policies/timeouts.yaml': policyText(),
      'new/kong.yaml': manifest,
      CODEOWNERS: '* @tess\n',
    }
    for (const [path, text] of Object.entries(files)) {
      this.#write(`clone/${path}`, text)
      if (this.folder !== clone) this.#write(`clone/vendor/${path}`, text)
    }
    if (this.folder !== clone) this.#write('clone/vendor/kong.yaml', manifest)
  }

  /** Two commits, the second with a signature that somebody has to check, and with a file whose content is away. */
  #commitAll(clone: string): void {
    this.#git(clone, 'add', '-A')
    this.#git(clone, 'commit', '-q', '-m', 'First')
    this.#write('clone/lost.txt', `${manifest}# lost\n`)
    this.#write('clone/policies/timeouts.yaml', policyText({ message: 'waits for {read_timeout} ms' }))
    this.#git(clone, 'add', '-A')
    const tree = this.#git(clone, 'write-tree')
    const lost = this.#git(clone, 'rev-parse', ':lost.txt')
    const when = '<tess@x.example> 1767323045 +0000'
    const signature = ' \n \n iQ==\n =aaaa\n -----END PGP SIGNATURE-----'
    const head = this.#git(clone, 'rev-parse', 'HEAD')
    const commit = `tree ${tree}\nparent ${head}\nauthor tess ${when}\ncommitter tess ${when}\ngpgsig -----BEGIN PGP SIGNATURE-----\n${signature}\n\nSecond\n`
    const id = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
      cwd: clone,
      input: commit,
      encoding: 'utf8',
    }).trim()
    this.#git(clone, 'reset', '-q', id)
    rmSync(join(clone, '.git/objects', lost.slice(0, 2), lost.slice(2)))
  }

  #plant(place: Place, clone: string): void {
    const text = this.#configuration(place)
    const git = join(clone, '.git')
    const config = execFileSync('cat', [join(git, 'config')], { encoding: 'utf8' })
    if (place === 'config') {
      writeFileSync(join(git, 'config'), `${config}${text}`)
      this.#hooks(join(git, 'hooks'))
    } else if (place === 'config.worktree') {
      writeFileSync(join(git, 'config'), `${config}[extensions]\n\tworktreeConfig = true\n`)
      writeFileSync(join(git, 'config.worktree'), text)
    } else if (place === 'include' || place === 'includeIf') {
      const section = place === 'include' ? 'include' : 'includeIf "onbranch:ma*"'
      writeFileSync(join(git, 'config'), `${config}[${section}]\n\tpath = ../.gitconfig\n`)
      writeFileSync(join(clone, '.gitconfig'), text)
    } else if (place === 'gitfile') {
      execFileSync('mv', [git, join(clone, 'data')])
      writeFileSync(git, 'gitdir: data\n')
      writeFileSync(join(clone, 'data/config'), `${config}${text}`)
      this.#hooks(join(clone, 'data/hooks'))
    } else {
      // What a plain `git clone` can bring: a folder of ordinary files that git takes for a repository.
      execFileSync('sh', [
        '-c',
        `cp -r '${git}'/HEAD '${git}'/objects '${git}'/refs '${git}'/index '${this.folder}'`,
      ])
      const odd = config.replace('bare = false', 'bare = false\n\tworktree = .')
      writeFileSync(join(this.folder, 'config'), `${odd}${text}`)
      this.#hooks(join(this.folder, 'hooks'))
    }
  }

  #configuration(place: Place): string {
    const lines = [...plain]
    const hooksPath = join(this.#top, 'programs/hooks')
    if (place.startsWith('include') || place === 'config.worktree') {
      this.#hooks(hooksPath)
      lines.push(['core.hooksPath', hooksPath])
    }
    for (const [key, value] of keys) {
      const mark = key.replaceAll(/[^A-Za-z0-9.=-]/g, '_')
      const program = join(this.#top, 'programs', mark)
      this.#script(program, 'cat')
      lines.push([key, value(program)])
    }
    return lines
      .map(([key, value]) => {
        const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
        const below = first === last ? '' : ` "${key.slice(first + 1, last).replaceAll('"', '\\"')}"`
        return `[${key.slice(0, first)}${below}]\n\t${key.slice(last + 1)} = ${JSON.stringify(value)}\n`
      })
      .join('')
  }

  #hooks(folder: string): void {
    for (const name of hooks) this.#script(join(folder, name), 'cat')
  }
}
