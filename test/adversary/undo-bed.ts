import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { type Ended, gatewatch, runProgram } from '../program.ts'
import { ProgramBed } from './program-bed.ts'

const historySchema = z.array(
  z.looseObject({
    id: z.string().nullable(),
    undoes: z.string().nullable().optional(),
    takenBack: z.string().nullable().optional(),
    done: z.number().optional(),
    open: z.array(z.string()).optional(),
  }),
)

/** A gateway, a folder with manifests, and what the built program keeps of its syncs. */
export class UndoBed extends ProgramBed {
  /** Empties the gateway, and forgets manifests and syncs. */
  async clear(): Promise<void> {
    await this.control.setFaults([])
    await this.control.setState({})
    for (const name of readdirSync(this.work)) await rm(join(this.work, name), { recursive: true })
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.work, name), text)
  }

  /** Runs a command on this gateway. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return gatewatch([...args, '--kong-addr', this.address], {
      cwd: this.work,
      env: { GATEWATCH_STATE_DIR: this.state, ...env },
    })
  }

  /** Syncs a manifest, which must go well. */
  async sync(manifest: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.write('kong.yaml', manifest)
    const { code, err } = await this.run(['sync', '--yes', '--allow-deletes', '1000', 'kong.yaml'], env)
    if (code !== 0) throw new Error(err)
  }

  /** Takes a sync back. */
  undo(args: readonly string[] = ['kong.yaml'], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.run(['undo', '--yes', '--allow-deletes', '1000', ...args], env)
  }

  /** Makes the user's own key. */
  async makeKey(): Promise<void> {
    const made = await gatewatch(['init', '--key'], {
      cwd: this.work,
      env: { GATEWATCH_STATE_DIR: this.state },
    })
    if (made.code !== 0) throw new Error(made.err)
  }

  /** All that the gateway holds, times apart. */
  async held(): Promise<unknown> {
    const lists = Object.entries(await this.control.state()).filter(([, list]) => list.length > 0)
    return Object.fromEntries(
      lists.map(([path, list]) => [
        path,
        list
          .map(({ created_at: _, updated_at: __, ...fields }) => fields)
          .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
      ]),
    )
  }

  /** What it holds in one list, by the field that says most. */
  async names(path: string): Promise<readonly string[]> {
    const { [path]: list = [] } = await this.control.state()
    return list.map(({ name, username, id }) => String(name ?? username ?? id)).sort()
  }

  /** A request to the Admin API, as somebody else makes it. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.address + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async history(address = this.address): Promise<z.infer<typeof historySchema>> {
    const { out } = await gatewatch(['history', '--output', 'json', '--kong-addr', address], {
      cwd: this.work,
      env: { GATEWATCH_STATE_DIR: this.state },
    })
    return historySchema.parse(JSON.parse(out))
  }

  /** The files of the journals, oldest first. */
  journals(): readonly string[] {
    const top = join(this.state, 'journals')
    if (!existsSync(top)) return []
    return readdirSync(top, { recursive: true })
      .map(String)
      .filter(file => file.endsWith('.jsonl'))
      .sort()
      .map(file => join(top, file))
  }

  journal(index: number): string {
    return readFileSync(this.journals().at(index) ?? '', 'utf8')
  }

  /** Makes a repository of the folder, and commits what is in it, its state apart. */
  async commit(): Promise<void> {
    const who = ['-c', 'user.name=mira', '-c', 'user.email=mira@pay.example']
    for (const args of [
      ['init', '-q'],
      ['add', '*.yaml'],
      [...who, 'commit', '-qm', 'manifests'],
    ]) {
      const { code, err } = await runProgram('git', args, { cwd: this.work })
      if (code !== 0) throw new Error(err)
    }
  }
}
