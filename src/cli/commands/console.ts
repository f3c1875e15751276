import type { Command } from 'commander'
import { ProblemError } from '../../model/problem.ts'
import { suggestion } from '../../model/problems/suggestion.ts'
import { exitCode, type Subcommand } from '../command.ts'
import { openScreen, preloadScreen, printFleet } from '../open-console.ts'
import { chosen, type TargetOptions, withManifestOptions } from '../options/target-options.ts'

/** `gatewatch console`, or `gatewatch` alone: opens the console on the fleet of the nearest config. */
export const console: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('console', { isDefault: true }))
      .description(
        'open the console on the fleet (as gatewatch alone does); without a terminal, print its status',
      )
      .action((files: string[], options: TargetOptions) =>
        run(async io => {
          const [word] = files
          if (word !== undefined && options.kongAddr === undefined) throw noSuchCommand(program, word)
          if (io.interactive) preloadScreen()
          const { project, targets } = await chosen(io, options, files, { waits: !io.interactive })
          const narrowed = { ...project, targets }
          if (!io.interactive) return printFleet(io, narrowed)
          return (await openScreen(io, narrowed)) === 0 ? exitCode.same : exitCode.error
        }),
      )
  },
}

/** An unknown command ends up here, since gatewatch alone opens the console. */
function noSuchCommand(program: Command, word: string): ProblemError {
  const names = program.commands.map(command => command.name())
  const meant = suggestion(word, names)
  return new ProblemError([
    {
      code: 'no-such-command',
      message: `there is no command ${word}`,
      hint: meant === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean ${meant}?`,
    },
  ])
}
