import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import type { Ended } from '../program.ts'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-bad-tools-'))
})
afterAll(() => rm(work, { recursive: true }))

const good = '_format_version: "3.0"\n# words\nservices:\n- name: a # first\n  host: h\n  tags: [x]\n'
beforeEach(() => {
  writeFileSync(join(work, 'kong.yaml'), good)
  writeFileSync(join(work, 'bad.yaml'), '_format_version: "3.0"\nservices:\n- name: [a\n')
  writeFileSync(join(work, 'list.yaml'), '- a\n')
  writeFileSync(join(work, 'empty.yaml'), '')
  writeFileSync(join(work, 'bytes.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]))
})

const run = (args: readonly string[], input?: string): Promise<Ended> =>
  runCommand(args, {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
    ...(input === undefined ? {} : { input }),
  })

/** Each tool with a file that it reads, and what it needs besides. */
const tools: Readonly<Record<string, (file: string) => readonly string[]>> = {
  render: file => ['render', file],
  convert: file => [
    'convert',
    '--from',
    'kong-gateway-2.x',
    '--to',
    'kong-gateway-3.x',
    '--input-file',
    file,
  ],
  merge: file => ['merge', file],
  patch: file => ['patch', '-s', file, '--selector', '$..services[*]', '--value', 'port:1'],
  'add-plugins': file => ['add-plugins', '-s', file, '--config', '{"name": "cors"}'],
  namespace: file => ['namespace', '-s', file, '--path-prefix', '/team', '--allow-empty-selectors'],
  'add-tags': file => ['add-tags', '-s', file, 'new'],
  'remove-tags': file => ['remove-tags', '-s', file, 'x'],
  'list-tags': file => ['list-tags', '-s', file],
  validate: file => ['validate', file],
}
const names = Object.keys(tools)
const argsOf = (name: string, file: string): readonly string[] => tools[name]?.(file) ?? []

/** A sentence, and never a trace of the program's own insides. */
function expectRefused(ended: Ended, ...parts: readonly (string | RegExp)[]): void {
  const said = ended.err + ended.out
  for (const part of parts) expect(said).toMatch(part)
  expect(said).not.toMatch(/\n\s+at |a fault in gatewatch itself|TypeError|undefined/)
  expect(ended.code).toBe(1)
}

describe.each(names)('%s', name => {
  it('accepts a valid file', async () => {
    const ended = await run(argsOf(name, 'kong.yaml'))
    expect(ended.code).toBe(0)
    expect(ended.out).not.toBe('')
  })

  it('reads standard input', async () => {
    const ended = await run(argsOf(name, '-'), good)
    expect(ended.code).toBe(0)
    expect(ended.out).toBe((await run(argsOf(name, 'kong.yaml'))).out)
    expectRefused(await run(argsOf(name, '-'), 'services: [\n'), /<stdin>:\d+:\d+: /)
  })

  it.each([
    ['an option that is none', ['--no-such-option'], /unknown option '--no-such-option'/],
    ['an option without its value', ['--selector'], /argument missing|unknown option/],
  ])('refuses %s', async (_what, more, said) => {
    expectRefused(await run([...argsOf(name, 'kong.yaml'), ...more]), said)
  })

  it('reports where YAML is wrong', async () => {
    expectRefused(await run(argsOf(name, 'bad.yaml')), /bad\.yaml:\d+:\d+: /)
  })

  it.each(['none.yaml', 'list.yaml', 'empty.yaml'])('refuses %s', async file => {
    expectRefused(await run(argsOf(name, file)), file)
  })

  it('does not mistake a folder for a file, or a file for a folder', async () => {
    mkdirSync(join(work, 'folder'), { recursive: true })
    expectRefused(await run(argsOf(name, 'folder')), /folder/)
    expectRefused(await run(argsOf(name, 'kong.yaml/x')), /kong\.yaml\/x/)
  })

  it('does not read what is not text', async () => {
    expectRefused(await run(argsOf(name, 'bytes.yaml')), /bytes\.yaml/)
  })
})

const writers = names.filter(name => !['list-tags', 'validate'].includes(name))

describe.each(writers)('%s writes', name => {
  it.each(['none/out.yaml', 'kong.yaml/out.yaml', 'folder'])('nothing into %s, and says why', async file => {
    mkdirSync(join(work, 'folder'), { recursive: true })
    const ended = await run(
      [...argsOf(name, 'kong.yaml'), '--yes', '-o', file].filter(
        arg => name === 'convert' || arg !== '--yes',
      ),
    )
    // A name without an ending gets one where a form is made anew.
    if (file === 'folder' && (name === 'render' || name === 'convert')) return
    expectRefused(ended, /can't be written: /)
    expect(readFileSync(join(work, 'kong.yaml'), 'utf8')).toBe(good)
  })

  it('nothing below a file, nor into a folder that does not exist', async () => {
    for (const out of ['kong.yaml/out.yaml', 'nowhere/out.yaml'])
      expectRefused(await run([...argsOf(name, 'kong.yaml'), '-o', out]), /can't be written: /)
    expect(readFileSync(join(work, 'kong.yaml'), 'utf8')).toBe(good)
  })

  it('over its own input', async () => {
    const more = name === 'convert' ? ['--yes'] : []
    const wanted = (await run(argsOf(name, 'kong.yaml'))).out
    const ended = await run([...argsOf(name, 'kong.yaml'), ...more, '-o', 'kong.yaml'])
    expect(ended.code).toBe(0)
    expect(readFileSync(join(work, 'kong.yaml'), 'utf8')).toBe(wanted)
  })

  it('nothing if the input is invalid', async () => {
    await run([...argsOf(name, 'bad.yaml'), '-o', 'bad.yaml'])
    expect(readFileSync(join(work, 'bad.yaml'), 'utf8')).toContain('[a\n')
  })

  it('refuses an unknown format', async () => {
    expectRefused(await run([...argsOf(name, 'kong.yaml'), '--format', 'toml']), /yaml, json/)
  })
})

it.each(['patch', 'add-plugins', 'namespace', 'add-tags', 'remove-tags', 'list-tags'])(
  '%s refuses an invalid JSONPath',
  async name => {
    for (const path of ['services', '$.[', '$..services[?(@.name ==)]', '']) {
      const args = [
        ...argsOf(name, 'kong.yaml').filter(
          (_, i, all) => !['--selector'].includes(all[i] ?? '') && all[i - 1] !== '--selector',
        ),
        '--selector',
        path,
      ]
      expectRefused(await run(args), /--selector/)
    }
  },
)

it.each([
  ['patch without anything to do', ['patch', '-s', 'kong.yaml'], /nothing to patch is given/],
  ['patch with half of it', ['patch', '-s', 'kong.yaml', '--value', 'a:1'], /must be given together/],
  ['patch with no JSON', ['patch', '-s', 'kong.yaml', '--selector', '$', '--value', 'a:{'], /--value/],
  ['patch with a patch file that is none', ['patch', '-s', 'kong.yaml', 'list.yaml'], /list\.yaml/],
  ['patch with a patch file that is not there', ['patch', '-s', 'kong.yaml', 'none.yaml'], /none\.yaml/],
  ['add-plugins without any', ['add-plugins', '-s', 'kong.yaml'], /no plugins to add/],
  [
    'add-plugins with half of it',
    ['add-plugins', '-s', 'kong.yaml', '--selector', '$', 'list.yaml'],
    /--selector needs --config/,
  ],
  [
    'add-plugins with no plugin',
    ['add-plugins', '-s', 'kong.yaml', '--config', '{"name": "a"}', '--config', '[1]'],
    /number 2 of the --config options is no mapping/,
  ],
  [
    'add-plugins of another scope below a service',
    ['add-plugins', '-s', 'kong.yaml', '--selector', '$..services[*]', '--config', '{name: cors, route: r}'],
    /the plugin cors names a route/,
  ],
  [
    'add-plugins with a file that is none',
    ['add-plugins', '-s', 'kong.yaml', 'list.yaml'],
    /list\.yaml:1:1: .*plugin file/,
  ],
  ['namespace without any', ['namespace', '-s', 'kong.yaml'], /no path prefix or host is given/],
  ['namespace of no path', ['namespace', '-s', 'kong.yaml', '-p', 'team'], /"team" is no path/],
  ['namespace of the root', ['namespace', '-s', 'kong.yaml', '-p', '/'], /"\/" is no path/],
  ['namespace without routes', ['namespace', '-s', 'kong.yaml', '-p', '/a'], /the file holds no route/],
  [
    'namespace of what is no route',
    ['namespace', '-s', 'kong.yaml', '-p', '/a', '--selector', '$..services[*]'],
    /1 thing that is no route/,
  ],
  ['add-tags without a tag', ['add-tags', '-s', 'kong.yaml'], /missing required argument/],
  ['merge without a file', ['merge'], /missing required argument/],
  ['convert without a way', ['convert', '--input-file', 'kong.yaml'], /required option/],
  [
    'convert to what is none',
    ['convert', '--from', '2.8', '--to', '9.9', '--input-file', 'kong.yaml'],
    /9\.9/,
  ],
  [
    'convert over a file that is there',
    ['convert', '--from', '2.8', '--to', '3.4', '--input-file', 'kong.yaml', '-o', 'list.yaml'],
    /exists already/,
  ],
  ['render of two that don’t fit', ['render', 'kong.yaml', 'kong.yaml', 'list.yaml'], /list\.yaml/],
  ['validate of nothing', ['validate'], /gatewatch\.yaml/],
  ['reset without a gateway', ['reset', '--force'], /gatewatch\.yaml|--kong-addr/],
  ['reset with files', ['reset', '--kong-addr', 'http://127.0.0.1:9', 'kong.yaml'], /too many arguments/],
  [
    'reset of an address that is none',
    ['reset', '--force', '--kong-addr', 'nowhere'],
    /isn't a valid Admin API address/,
  ],
  ['reset of nobody', ['reset', '--force', '--kong-addr', 'http://127.0.0.1:9'], /refused the connection/],
  ['reset with a number that is none', ['reset', '--allow-deletes', 'all'], /whole number/],
  [
    'dump into what is no form',
    ['dump', '--format', 'xml', '--kong-addr', 'http://127.0.0.1:9'],
    /yaml, json/,
  ],
])('refuses %s', async (_what, args, said) => {
  expectRefused(await run(args), said)
})
