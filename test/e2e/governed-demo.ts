import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { type Ended, gatewatch, project } from '../program.ts'

const served = z.object({ config: z.string(), state: z.string() })
const place = z.object({ file: z.string(), line: z.number(), column: z.number() })

/** A finding as `check --output json` tells it. */
export const findingSchema = z.looseObject({
  rule: z.string(),
  severity: z.string(),
  subjects: z.array(z.string()),
  target: z.string().nullable(),
  kind: z.string(),
  name: z.string(),
  place: place.nullable(),
  trace: z.object({
    specification: z.object({ operation: z.string(), place: place.nullable() }).nullable(),
    manifest: place.nullable(),
    live: z.object({ target: z.string(), id: z.string().nullable() }).nullable(),
  }),
  policy: z.looseObject({ commit: z.string().nullable() }),
  waived: z.looseObject({ reason: z.string() }).nullable(),
})
export const reportSchema = z.looseObject({ findings: z.array(findingSchema), problems: z.array(z.string()) })
export type Finding = z.infer<typeof findingSchema>

/** The demo fleet, served for the tests of one file. */
export interface GovernedDemo extends AsyncDisposable {
  readonly folder: string
  readonly state: string
  /** Runs a command on the fleet, in its repository. */
  run(...args: readonly string[]): Promise<Ended>
  /** What `check` finds. */
  findings(...args: readonly string[]): Promise<readonly Finding[]>
  git(...args: readonly string[]): string
  /** Puts files into the repository for as long as something takes. */
  withFiles(files: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void>
}

export async function serveDemo(): Promise<GovernedDemo> {
  const child = spawn(process.execPath, [join(project, 'dist', 'gatewatch.js'), 'demo', '--serve'])
  const line = await new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
  const { config, state } = served.parse(JSON.parse(line))
  const folder = dirname(config)
  const run: GovernedDemo['run'] = (...args) =>
    gatewatch([...args, '--config', config], { cwd: folder, env: { GATEWATCH_STATE_DIR: state } })
  const git: GovernedDemo['git'] = (...args) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  return {
    folder,
    state,
    run,
    git,
    async findings(...args) {
      const { out } = await run('check', '--output', 'json', ...args)
      return reportSchema.parse(JSON.parse(out)).findings
    },
    async withFiles(files, work) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
      try {
        await work()
      } finally {
        git('checkout', '-q', '--', '.')
        git('clean', '-qfd')
      }
    },
    async [Symbol.asyncDispose]() {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    },
  }
}
