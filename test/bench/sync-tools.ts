import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../program.ts'
import { shared } from '../shared.ts'
import { type Cost, costOf } from './process-cost.ts'

/** What is measured. */
export type Task = 'sync' | 'diff' | 'dump'

/** A client of the gateway, run as people run it. */
export interface Tool {
  readonly name: string
  /** Carries out a task to its end; `state` is a folder that the tool may keep things in. */
  run(task: Task, address: string, file: string, state: string): Promise<Cost>
}

export const gatewatchTool: Tool = {
  name: 'gatewatch',
  run(task, address, file, state) {
    const words = {
      sync: ['sync', '--yes', '--kong-addr', address, file],
      diff: ['diff', '--kong-addr', address, file],
      dump: ['dump', '--kong-addr', address],
    }
    return costOf(process.execPath, [join(project, 'bin', 'gatewatch.js'), ...words[task]], {
      env: { GATEWATCH_STATE_DIR: state },
      codes: [0],
    })
  },
}

/** decK, where it is there; built on first use. */
export function deckTool(): Tool | undefined {
  const launcher = join(shared, 'deck', 'deck')
  if (!existsSync(launcher)) return undefined
  const binary = execFileSync(launcher, ['--where'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return {
    name: 'decK',
    run(task, address, file) {
      const words = { sync: ['sync', file], diff: ['diff', file], dump: ['dump', '--yes'] }
      const args = ['--analytics=false', '--kong-addr', address, 'gateway', ...words[task]]
      return costOf(binary.trim(), args, { codes: [0] })
    },
  }
}
