import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { posix } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { type Git, ownGroup } from './git.ts'

/** One object of the repository. */
export interface GitObject {
  readonly id: string
  readonly type: string
  readonly content: Buffer
}

type Started = Extract<Awaited<ReturnType<Git['start']>>, { readonly ok: true }>['value']

interface Waiting {
  readonly name: string
  readonly resolve: (object: GitObject | null) => void
  readonly reject: (error: Error) => void
}

/**
 * Reads objects by name through one `git cat-file --batch` that stays open: a process for each ref would cost more than
 * everything else when a fleet is read. It keeps no program alive and ends with it.
 * https://git-scm.com/docs/git-cat-file#_batch_output
 */
export class ObjectReader {
  readonly #git: Git
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined
  #waiting: Waiting[] = []
  #unread: Buffer = Buffer.alloc(0)

  constructor(git: Git) {
    this.#git = git
  }

  /** The object of a name (an id, a ref, `REF^{commit}`); null if there is none. */
  async read(name: string): Promise<Result<GitObject | null>> {
    if (/[\n\r\0]/.test(name)) return succeed(null)
    const started = await this.#git.start()
    if (!started.ok) return started
    try {
      return succeed(await this.#ask(name, started.value))
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return fail([{ code: 'git', message: `git cat-file failed in ${this.#git.folder}: ${detail}` }])
    }
  }

  #ask(name: string, started: Started): Promise<GitObject | null> {
    const child = this.#running(started)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, resolve, reject })
      this.#keepAlive(child, true)
      child.stdin.write(`${name}\n`)
    })
  }

  #running(started: Started): ChildProcessByStdio<Writable, Readable, null> {
    if (this.#child) return this.#child
    const { words, env } = started
    const child = spawn('git', [...words, 'cat-file', '--batch'], {
      cwd: this.#git.folder,
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: ownGroup,
    })
    this.#child = child
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => {
      this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
      while (this.#take());
      if (this.#waiting.length === 0) this.#keepAlive(child, false)
    })
    const end = (error: Error): void => {
      if (this.#child !== child) return
      this.#child = undefined
      const [failed, ...waiting] = this.#waiting
      this.#waiting = []
      this.#unread = Buffer.alloc(0)
      failed?.reject(error)
      // It ends at a damaged object: only the caller that requested it needs to know.
      for (const each of waiting) this.#ask(each.name, started).then(each.resolve, each.reject)
    }
    child.on('error', end)
    child.on('close', code => end(new Error(`it ended with ${code}`)))
    return child
  }

  /** Takes one whole answer from what was read; false: there is none. */
  #take(): boolean {
    const end = this.#unread.indexOf('\n')
    if (end < 0) return false
    const head = this.#unread.toString('utf8', 0, end)
    const [, id = '', type = '', size = ''] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(head) ?? []
    if (id === '') {
      this.#unread = this.#unread.subarray(end + 1)
      this.#waiting.shift()?.resolve(null)
      return true
    }
    const last = end + 1 + Number(size)
    if (this.#unread.length <= last) return false
    const content = this.#unread.subarray(end + 1, last)
    this.#unread = this.#unread.subarray(last + 1)
    this.#waiting.shift()?.resolve({ id, type, content })
    return true
  }

  /** The process counts as work under way only while an answer is waited for. */
  #keepAlive(child: ChildProcessByStdio<Writable, Readable, null>, alive: boolean): void {
    if (alive) child.ref()
    else child.unref()
    for (const stream of [child.stdin, child.stdout]) {
      if (!(stream instanceof Socket)) continue
      if (alive) stream.ref()
      else stream.unref()
    }
  }
}

function notThere(id: string): Problem {
  return { code: 'no-object', message: `the object ${id} is not in the repository` }
}

/** All files below a tree, by path, as texts. */
export async function filesOfTree(
  objects: ObjectReader,
  tree: string,
  folder = '',
): Promise<Result<ReadonlyMap<string, string>>> {
  const read = await objects.read(tree)
  if (!read.ok) return read
  const files = new Map<string, string>()
  if (!read.value) return fail([notThere(tree)])
  for (const entry of entriesOf(read.value)) {
    const path = posix.join(folder, entry.name)
    if (entry.mode === '40000') {
      const below = await filesOfTree(objects, entry.id, path)
      if (!below.ok) return below
      for (const [name, text] of below.value) files.set(name, text)
    } else if (entry.mode.startsWith('100')) {
      const blob = await objects.read(entry.id)
      if (!blob.ok) return blob
      if (!blob.value) return fail([notThere(entry.id)])
      files.set(path, blob.value.content.toString('utf8'))
    }
  }
  return succeed(files)
}

/** The entries of a tree object: mode, name, and the id in binary. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function entriesOf(
  tree: GitObject,
): readonly { readonly mode: string; readonly name: string; readonly id: string }[] {
  const { content } = tree
  const idBytes = tree.id.length / 2
  const entries: { readonly mode: string; readonly name: string; readonly id: string }[] = []
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(' ', at)
    const zero = content.indexOf(0, space)
    if (space < 0 || zero < 0) break
    entries.push({
      mode: content.toString('utf8', at, space),
      name: content.toString('utf8', space + 1, zero),
      id: content.toString('hex', zero + 1, zero + 1 + idBytes),
    })
    at = zero + 1 + idBytes
  }
  return entries
}
