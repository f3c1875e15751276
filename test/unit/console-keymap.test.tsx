import { describe, expect, test } from 'vitest'
import { keyBar } from '../../src/console/components/key-bar.ts'
import { lineWidth } from '../../src/console/components/line.ts'
import type { InputEvent, Key } from '../../src/console/input/key.ts'
import { isKey } from '../../src/console/input/key.ts'
import { type Binding, dispatch, helpOf } from '../../src/console/keymap/bindings.ts'
import { allVerbs, chapters, verbOf, verbs } from '../../src/console/keymap/verbs.ts'
import { createApp, type OpenScreen } from '../../src/console/store/app.ts'
import { Presses } from '../../src/console/store/press.ts'
import { fleet, now } from './console-fleet.ts'
import { FakeWorkflows } from './console-workflows.ts'

describe('the table of verbs', () => {
  const all = allVerbs().flatMap(name => verbs[name].keys.map(key => ({ name, key })))

  test('no key has two meanings', () => {
    for (const { name, key } of all) expect(verbOf(key)).toBe(name)
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
  })

  test('every key is one that the input gate can recognise', () => {
    for (const { key } of all) expect(isKey(key)).toBe(true)
  })

  test('the key that opens a change never confirms it, and enter confirms nothing', () => {
    expect(verbOf('enter')).toBe('open')
    const confirming: readonly Key[] = verbs.confirm.keys
    for (const opening of [verbs.sync, verbs.onlyFix, verbs.open]) {
      for (const key of opening.keys) expect(confirming).not.toContain(key)
    }
  })
})

describe('bindings', () => {
  const ran: string[] = []
  const bindings: readonly Binding[] = [
    {
      verb: 'sync',
      bar: true,
      name: 'put back',
      disabled: 'prod-ap has not been read yet',
      run: () => ran.push('sync'),
    },
    { verb: 'open', bar: true, run: () => ran.push('open') },
    { verb: 'filter', bar: true, run: () => ran.push('filter') },
    { verb: 'down', run: () => ran.push('down') },
    { verb: 'help', bar: true, run: () => ran.push('help') },
  ]

  test('each key of a binding runs it', () => {
    expect(dispatch(bindings, 'down')).toEqual({ type: 'ran', verb: 'down' })
    expect(dispatch(bindings, 'j')).toEqual({ type: 'ran', verb: 'down' })
    expect(ran).toEqual(['down', 'down'])
  })

  test('a key that can’t act does nothing and says why', () => {
    ran.length = 0
    expect(dispatch(bindings, 's')).toEqual({
      type: 'refused',
      verb: 'sync',
      reason: 's put back: prod-ap has not been read yet',
    })
    expect(dispatch(bindings, 'z')).toEqual({ type: 'unbound' })
    expect(dispatch(bindings, 'Y')).toEqual({ type: 'unbound' })
    expect(ran).toEqual([])
  })

  test('the help lists all bindings in sections, with the reason if one can’t act', () => {
    const help = helpOf(bindings)
    expect(help.map(({ chapter }) => chapter)).toEqual(chapters)
    expect(help.flatMap(({ entries }) => entries.map(entry => entry.name))).toEqual([
      'down',
      'open',
      'filter',
      'put back',
      'help',
    ])
    expect(help.flatMap(({ entries }) => entries).find(entry => entry.name === 'put back')).toMatchObject({
      keys: 's',
      disabled: 'prod-ap has not been read yet',
    })
  })

  test('the key bar keeps the help key at any width, and dims keys that can’t act', () => {
    for (let width = 10; width < 80; width++) {
      const bar = keyBar(bindings, width)
      expect(lineWidth(bar)).toBeLessThanOrEqual(width)
      expect(bar.map(part => (typeof part === 'string' ? part : part.text)).join('')).toMatch(/ \? help $/)
    }
    expect(keyBar(bindings, 80)).toContainEqual({ text: ' s put back ', role: 'disabled' })
  })
})

describe('presses', () => {
  function open() {
    const acted: string[] = []
    let subject = 'a'
    const app = createApp({
      workflows: new FakeWorkflows(fleet([])),
      size: { columns: 80, rows: 24 },
      now: () => now,
      surface: {
        exit: () => {},
        suspend: () => {},
        redraw: () => {},
        edit: async () => null,
        copy: () => {},
      },
    })
    const screen: OpenScreen = {
      title: () => '',
      store: { subscribe: () => () => {}, getState: () => null },
      draw: () => null,
      bindings: () => [
        { verb: 'sync', run: () => acted.push(`sync ${subject}`) },
        { verb: 'down', run: () => acted.push('down') },
      ],
      subject: () => subject,
      refresh: () => {},
    }
    const presses = new Presses(app, () => [])
    app.open(screen)
    presses.paintedNow()
    const key = (name: Key): InputEvent => ({ type: 'key', key: name, text: '' })
    const turn = () => new Promise(resolve => setImmediate(resolve))
    return {
      app,
      presses,
      acted,
      key,
      turn,
      moveOn: () => {
        subject = 'b'
      },
    }
  }

  test('a key is refused if it would act on something other than what is on the screen', async () => {
    const { app, presses, acted, key, turn, moveOn } = open()
    moveOn()
    presses.take(key('s'))
    expect(acted).toEqual([])
    expect(app.store.getState().message?.text).toContain('The screen has just changed')
    await turn()
    presses.paintedNow()
    presses.take(key('s'))
    expect(acted).toEqual(['sync b'])
    app.stop()
  })

  test('keys that arrive together each wait for the frame of the one before', async () => {
    const { app, presses, acted, key, turn } = open()
    presses.take(key('down'))
    presses.take(key('down'))
    expect(acted).toEqual(['down'])
    await turn()
    expect(acted).toEqual(['down', 'down'])
    app.stop()
  })

  test('pasted text presses no key, and a message says where it could go', () => {
    const { app, presses, acted } = open()
    presses.take({ type: 'paste', text: 'sss' })
    expect(acted).toEqual([])
    expect(app.store.getState().message?.text).toContain('Pasted text presses no keys')
    app.stop()
  })
})
