import { resolve } from 'node:path'
import { orThrow } from '../../model/problem.ts'
import { writeWholeFile } from '../../repo/index.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { collect } from '../files/file-tools.ts'
import { readNamed, type SpecificationOptions } from '../files/read-specification.ts'

interface Options extends SpecificationOptions {
  readonly out: string
}

/** `gatewatch publish`: writes a reference of an API for people, from its specification. */
export const publish: Subcommand = {
  register(program, run) {
    program
      .command('publish')
      .argument('<spec>', 'an OpenAPI 3.0 or 3.1 document, or an Insomnia export')
      .description('write a reference for a specification: one HTML page, without scripts')
      .option('-o, --out <file>', 'write to this file; - is standard output', '-')
      .option('--design <name>', 'the design document to use from an Insomnia export')
      .option('--allow-host <host>', 'references may lead to this host; may be repeated', collect, [])
      .action((spec: string, options: Options) => run(io => write(io, spec, options)))
  },
}

async function write(io: Io, spec: string, options: Options): Promise<number> {
  const { readReference } = await import('../../specs/reference/read-reference.ts')
  const { referencePage } = await import('../../specs/reference/page.ts')
  const page = referencePage(orThrow(readReference(await readNamed(io, spec, options))))
  if (options.out === '-') io.data(page)
  else await writeWholeFile(resolve(io.cwd, options.out), page, { cwd: io.cwd, shown: options.out })
  return exitCode.same
}
