import { Command } from 'commander'
import type { LoadProviders, Runner } from './command.ts'
import { subcommands } from './commands/index.ts'
import { commandLineError } from './terminal/streams.ts'

/**
 * The command line of gatewatch. `run` carries out the chosen command.
 *
 * @param words the words of the command line: if they begin with a command's name, only that command is loaded
 */
export async function makeProgram(
  run: Runner,
  version: string,
  words: readonly string[],
  providers: LoadProviders,
): Promise<Command> {
  const program = new Command('gatewatch')
    .description("The operator's console for API gateways that are run from Git.")
    .version(version)
    // Options after a subcommand are the subcommand's.
    .enablePositionalOptions()
    .showHelpAfterError('(see gatewatch --help)')
    .configureOutput({ outputError: (text, write) => write(commandLineError(text)) })
  for (const subcommand of await Promise.all(loaders(words).map(load => load()))) {
    await subcommand.register(program, run, providers)
  }
  addDebug(program)
  return program
}

/** Without a command's name, the console is meant, or help, which lists everything. */
function loaders(words: readonly string[]) {
  const [name = 'console'] = words
  const one = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  return one === undefined ? Object.values(subcommands) : [one]
}

/** Everywhere, so that it can simply be added to a command that failed. */
function addDebug(command: Command): void {
  command.option('--debug', 'show where a fault in gatewatch itself comes from')
  for (const below of command.commands) addDebug(below)
}
