import { describe, expect, test } from 'vitest'
import { overridesOf, readSettings, type Setting } from '../../src/repo/git/settings.ts'

function setting(scope: string, key: string, value: string): Setting {
  return { scope, origin: 'file:.git/config', key, value }
}

function overridden(...settings: readonly Setting[]): Record<string, string> {
  return Object.fromEntries(overridesOf(settings))
}

describe('what a repository sets', () => {
  test.each([
    ['core.sshcommand', 'ssh -i key'],
    ['core.hookspath', 'hooks'],
    ['credential.https://forge.example.helper', '!steal'],
    ['remote.a.b.uploadpack', 'run'],
    ['merge.x.driver', 'run %A'],
    ['a-section-of-tomorrow.x.y', './run'],
    ['core.a-key-of-tomorrow', './run'],
    ['remote.origin.a-key-of-tomorrow', './run'],
    ['core.editor', 'yes'],
    ['core.askpass', '1'],
  ])('%s = %s is taken back', (key, value) => {
    expect(overridden(setting('local', key, value))).toEqual({ [key]: '' })
    expect(overridden(setting('worktree', key, value))).toEqual({ [key]: '' })
    expect(overridden(setting('a scope of tomorrow', key, value))).toEqual({ [key]: '' })
  })

  test.each([
    ['core.autocrlf', 'input'],
    ['core.bare', 'false'],
    ['core.repositoryformatversion', '1'],
    ['core.worktree', '../../a'],
    ['branch.main.remote', 'origin'],
    ['diff.algorithm', 'histogram'],
    ['extensions.objectformat', 'sha256'],
    ['gpg.ssh.allowedsignersfile', '.signers'],
    ['include.path', '../.gitconfig'],
    ['includeif.onbranch:main.path', '../.gitconfig'],
    ['lfs.repositoryformatversion', '0'],
    ['pack.windowmemory', '16m'],
    ['push.default', 'simple'],
    ['remote.origin.url', 'git@forge.example:a.git'],
    ['url.ssh://forge.example/.insteadof', 'f:'],
    ['user.email', 'a@b.example'],
  ])('%s = %s holds, since it names no program', (key, value) => {
    expect(overridden(setting('local', key, value))).toEqual({})
  })

  test('yields to the user’s settings, and for programs that git needs to git’s own', () => {
    expect(
      overridden(
        setting('global', 'gpg.program', '/opt/gpg'),
        setting('global', 'core.sshcommand', 'ssh -4'),
        setting('local', 'core.sshcommand', 'run'),
        setting('local', 'gpg.openpgp.program', 'run'),
        setting('local', 'gpg.ssh.program', 'run'),
      ),
    ).toEqual({
      'core.sshcommand': 'ssh -4',
      'gpg.openpgp.program': '/opt/gpg',
      'gpg.ssh.program': 'ssh-keygen',
    })
  })
})

test('never makes filters, drivers and hooks run, and git does not require them', () => {
  const settings = ['system', 'global', 'local'].flatMap(scope => [
    setting(scope, `filter.${scope}=a.b.clean`, 'run'),
    setting(scope, `filter.${scope}=a.b.required`, 'true'),
    setting(scope, `diff.${scope}.textconv`, 'run'),
    setting(scope, `hook.${scope}.command`, 'run'),
  ])
  const found = overridden(...settings)
  for (const scope of ['system', 'global', 'local']) {
    expect(found).toMatchObject({
      [`filter.${scope}=a.b.clean`]: '',
      [`filter.${scope}=a.b.required`]: 'false',
      [`diff.${scope}.textconv`]: '',
      [`hook.${scope}.command`]: '',
      [`hook.${scope}.enabled`]: 'false',
    })
  }
})

test('is read from git’s list with exact names and values, and not at all if it is not text', () => {
  const listed = 'local\0file:.git/config\0filter.a=b\nc.clean\nx\n\0system\0file:/etc/gitconfig\0core.bare\0'
  expect(readSettings(Buffer.from(listed))).toEqual([
    { scope: 'local', origin: 'file:.git/config', key: 'filter.a=b', value: 'c.clean\nx\n' },
    { scope: 'system', origin: 'file:/etc/gitconfig', key: 'core.bare', value: 'true' },
  ])
  expect(readSettings(Buffer.from('local\0file:.git/config\0filter.\xff.clean\nrun\0', 'latin1'))).toBeNull()
})
