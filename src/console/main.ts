import { join } from 'node:path'
import { createElement } from 'react'
import { problemText } from '../model/problem.ts'
import { safeLines, safeText } from '../model/safe-text.ts'
import type { FleetPort } from '../workflows/fleet/fleet-port.ts'
import { AppFrame } from './app.tsx'
import type { InputSource } from './input/gate.ts'
import type { Binding } from './keymap/bindings.ts'
import { openGoTo } from './screens/go-to.tsx'
import { openHelp } from './screens/help.ts'
import { goToScreen, screens } from './screens/index.ts'
import { openNeeds } from './screens/needs/needs.tsx'
import { resultText } from './screens/sync/sync-result.ts'
import { type App, createApp, type Size } from './store/app.ts'
import { Presses } from './store/press.ts'
import { editorCommand } from './terminal/editor.ts'
import type { Display } from './terminal/screen.ts'
import { showOnTerminal, type TerminalControl } from './terminal/show.tsx'
import { chooseTheme, themeNames } from './theme/themes.ts'

/** How the console is opened. */
export interface ConsoleOptions {
  readonly now: () => Date
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where its log goes. */
  readonly logFolder: string
  /** The first message on the last line. */
  readonly notice?: string
  /** A theme's name; undefined: the dark one. */
  readonly theme?: string | undefined
  /** Where it is shown; undefined: on the process's own terminal. */
  readonly terminal?: ConsoleTerminal
}

/** A terminal, or streams in its place. */
export interface ConsoleTerminal {
  readonly input: InputSource
  readonly output: Display & {
    readonly isTTY?: boolean
    getColorDepth?(environment: Readonly<Record<string, string | undefined>>): number
  }
}

/** Opens the console on a fleet; resolves with the exit code when it ends. The terminal is given back in any case. */
export async function openConsole(workflows: FleetPort, options: ConsoleOptions): Promise<number> {
  const { input, output } = options.terminal ?? { input: process.stdin, output: process.stdout }
  // A terminal shows its colours in CI too, where Node would say that there are none.
  const { CI: _, ...surroundings } = options.env
  const depth = (output.isTTY ? output.getColorDepth?.(surroundings) : undefined) ?? 1
  const theme = chooseTheme(options.theme ?? options.env.GATEWATCH_THEME, { environment: options.env, depth })
  if (!theme) {
    process.stderr.write(
      `gatewatch: there is no theme ${safeText(options.theme ?? options.env.GATEWATCH_THEME ?? '')}. The themes are ${themeNames.join(', ')}.\n`,
    )
    return 1
  }
  let control: TerminalControl | undefined
  const app = createApp({
    workflows,
    now: options.now,
    size: sizeOf(output),
    surface: {
      exit: code => control?.exit(code),
      suspend: () => control?.suspend(),
      redraw: () => control?.redraw(),
      edit: async place => (await control?.run(editorCommand(options.env, place))) ?? null,
      // OSC 52: the user's terminal puts the text on its clipboard, even through ssh.
      copy: text => void output.write(`\x1b]52;c;${Buffer.from(safeLines(text)).toString('base64')}\x07`),
    },
  })
  const presses = new Presses(app, () => sharedBindings(app, () => presses.bindings()))
  app.open(openNeeds(app))
  if (options.notice !== undefined) app.tell(options.notice)
  const onResize = () => app.store.setState({ size: sizeOf(output) })
  output.on('resize', onResize)
  app.read()
  try {
    return await showOnTerminal({
      input,
      output,
      mouse: true,
      logFile: join(options.logFolder, 'console.log'),
      draw(given) {
        control = given
        return createElement(AppFrame, {
          app,
          theme,
          bindings: () => presses.bindings(),
        })
      },
      onInput: event => presses.take(event),
      onFrame: () => presses.paintedNow(),
    })
  } finally {
    output.off('resize', onResize)
    app.stop()
    // Its screen is gone: the outcome of a sync under way is reported where the user is now.
    for (const result of await workflows.close())
      process.stderr.write(
        `${[...resultText(result), ...result.problems.map(problemText)].map(safeText).join('\n')}\n`,
      )
  }
}

function sizeOf({ columns, rows }: Display): Size {
  return { columns: columns || 80, rows: rows || 24 }
}

/** The keys that mean the same on every screen. */
function sharedBindings(app: App, all: () => readonly Binding[]): readonly Binding[] {
  const { stack, reading } = app.store.getState()
  const screen = stack.at(-1)
  return [
    {
      verb: 'back',
      bar: stack.length > 1,
      disabled: stack.length > 1 ? null : 'this is the first screen',
      run: () => app.back(),
    },
    ...screens.flatMap((entry): readonly Binding[] =>
      entry.verb === null
        ? []
        : [
            {
              verb: entry.verb,
              bar: entry.open !== null && stack.length === 1,
              run: () => goToScreen(app, entry),
            },
          ],
    ),
    {
      verb: 'refresh',
      bar: true,
      disabled: reading ? 'the gateways are being read' : null,
      run: () => app.read(),
    },
    { verb: 'goTo', bar: true, run: () => app.open(openGoTo(app)) },
    { verb: 'help', bar: true, run: () => app.open(openHelp(app, all(), screen?.title() ?? '')) },
    { verb: 'redraw', run: () => app.surface.redraw() },
    { verb: 'suspend', run: () => app.surface.suspend() },
    { verb: 'quit', run: () => app.surface.exit(0) },
  ]
}
