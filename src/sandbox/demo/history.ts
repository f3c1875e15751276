import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { demoFixtures, filesBelow, secondsOf } from './fixtures.ts'

/** One commit of the demo's repository. */
export interface DemoCommit {
  readonly author: string
  readonly message: string
  /** How many seconds before the start of the demo it was made. */
  readonly age: number
  /** All files as they are at this commit, with `@address:…@` and `@key:…@` still in them. */
  readonly files: ReadonlyMap<string, string>
}

const edit = z.strictObject({
  file: z.string().optional(),
  files: z.array(z.string()).optional(),
  /** Every place in a file is changed, not just the one that there must be. */
  everywhere: z.boolean().optional(),
  before: z.string(),
  after: z.string(),
})
const history = z.strictObject({
  commits: z.array(
    z.strictObject({
      age: z.string(),
      author: z.string(),
      message: z.string(),
      adds: z.array(z.string()).optional(),
      edits: z.array(edit).optional(),
    }),
  ),
})

/** The commits of the demo's repository, oldest first. */
export function readHistory(): readonly DemoCommit[] {
  const folder = demoFixtures()
  const { commits } = history.parse(load(readFileSync(join(folder, 'history.yaml'), 'utf8')))
  let files = filesBelow(join(folder, 'repository'))
  const result: DemoCommit[] = []
  for (const { age, author, message, adds = [], edits = [] } of commits.toReversed()) {
    result.unshift({ age: secondsOf(age), author, message, files })
    files = without(files, adds)
    for (const each of edits.toReversed()) files = undone(files, each)
  }
  const [left] = files.keys()
  if (left !== undefined) throw new Error(`demo fleet: no commit adds ${left}`)
  return result
}

function without(files: ReadonlyMap<string, string>, added: readonly string[]): ReadonlyMap<string, string> {
  const missing = added.find(path => !files.has(path))
  if (missing !== undefined) throw new Error(`demo fleet: ${missing} is added but does not exist`)
  return new Map([...files].filter(([path]) => !added.includes(path)))
}

function undone(
  files: ReadonlyMap<string, string>,
  change: z.infer<typeof edit>,
): ReadonlyMap<string, string> {
  const { before, after, everywhere = false } = change
  const result = new Map(files)
  for (const path of [...(change.files ?? []), ...(change.file === undefined ? [] : [change.file])]) {
    const text = result.get(path) ?? ''
    const times = text.split(after).length - 1
    if (times === 0 || (times > 1 && !everywhere)) {
      throw new Error(`demo fleet: an edit of ${path} matches ${times} places`)
    }
    result.set(
      path,
      text.replaceAll(after, () => before),
    )
  }
  return result
}
