import { access, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { configSchemaText } from '../../fleet/config-schema.ts'
import { starterConfig } from '../../fleet/index.ts'
import { ProblemError } from '../../model/problem.ts'
import { exitCode, type Subcommand } from '../command.ts'

/** Beside the config, so that editors find it on every machine and offline. */
const schemaFile = '.gatewatch.schema.json'

interface Options {
  readonly kongAddr: string
}

/** `gatewatch init`: writes a first gatewatch.yaml. */
export const init: Subcommand = {
  register(program, run) {
    program
      .command('init')
      .argument('[manifests...]', 'manifest files and folders of the first target')
      .option('--kong-addr <url>', 'the Admin API of the first target', 'http://localhost:8001')
      .description('write a first gatewatch.yaml into this folder')
      .action((manifests: string[], options: Options) =>
        run(async io => {
          const file = join(io.cwd, 'gatewatch.yaml')
          const there = await access(file).then(
            () => true,
            () => false,
          )
          if (there) {
            throw new ProblemError([
              {
                code: 'config-there',
                message: 'there is a gatewatch.yaml here already',
                hint: 'Edit it, or remove it first.',
              },
            ])
          }
          const text = starterConfig({
            name: basename(io.cwd),
            address: options.kongAddr,
            manifests: manifests.length > 0 ? manifests : ['kong.yaml'],
            schema: `./${schemaFile}`,
          })
          await writeFile(file, text, { flag: 'wx' })
          await writeFile(join(io.cwd, schemaFile), configSchemaText())
          io.err(
            'gatewatch: wrote gatewatch.yaml, and its schema for editors; look at it, then run: gatewatch diff\n',
          )
          return exitCode.same
        }),
      )
  },
}
