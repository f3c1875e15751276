import { Command } from 'commander'
import type { Runner } from './command.ts'
import { subcommands } from './commands/index.ts'

/** The command line of gatewatch. `run` carries out the work of the command that is chosen. */
export function makeProgram(run: Runner, version: string): Command {
  const program = new Command('gatewatch')
    .description("The operator's console for API gateways that are run from Git.")
    .version(version)
    // Options after a subcommand are the subcommand's.
    .enablePositionalOptions()
    .showHelpAfterError('(see gatewatch --help)')
  for (const subcommand of subcommands) subcommand.register(program, run)
  addDebug(program)
  return program
}

/** Everywhere, so that it can simply be added to a command that failed. */
function addDebug(command: Command): void {
  command.option('--debug', 'show where a fault in gatewatch itself comes from')
  for (const below of command.commands) addDebug(below)
}
