import { expect, it } from 'vitest'
import { inSlices, type Sliced } from '../../src/model/time-slices.ts'
import { readManifests, readManifestsInSlices } from '../../src/providers/kong/manifest/index.ts'
import { largeInput } from '../timeouts.ts'

/** Milliseconds of work by this thread, however busy the machine is. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The longest that others had to wait for their turn, in milliseconds of work. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = worked()
  const look = (): void => {
    const now = worked()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 1)
  await work()
  look()
  clearInterval(timer)
  return longest
}

const service = (i: number): string => `- name: s${i}
  host: h${i}.example
  tags: [a, b]
  routes:
  - name: r${i}a
    paths: [/r${i}/a]
  - name: r${i}b
    hosts: [x.example]
  plugins:
  - name: rate-limiting
    config: {minute: ${(i % 100) + 1}, policy: local}
  - name: cors
    config: {origins: ["*"]}
`
const text = `_format_version: "3.0"\nservices:\n${Array.from({ length: 10_000 }, (_, i) => service(i)).join('')}`
const files = [{ path: 'kong.yaml', text }]

it('a manifest of 50,000 entities is read without blocking, with the same result', largeInput, async () => {
  // What is not yet compiled takes longer: the first reading warms up.
  const whole = readManifests(files, { env: {} })
  let sliced: typeof whole | undefined
  const longest = await longestBlock(async () => {
    sliced = await readManifestsInSlices(files, { env: {} })
  })
  expect(longest).toBeLessThan(100)
  if (!whole.ok || !sliced?.ok) throw new Error('it can’t be read')
  expect(sliced.value.entities).toHaveLength(50_000)
  const seen = (entities: typeof whole.value.entities, i: number) => {
    const { kind, fields, source } = entities[i] ?? { kind: '', fields: {}, source: undefined }
    return [kind, fields, source?.place(), source?.place('config.minute')]
  }
  for (let i = 0; i < 50_000; i += 997) {
    expect(seen(sliced.value.entities, i)).toEqual(seen(whole.value.entities, i))
  }
})

it('problems of a large manifest have their places', largeInput, async () => {
  const wrong = text.replace('name: s7000\n', 'nmae: s7000\n').replace('host: h9000.', 'host: [h9000.')
  const whole = readManifests([{ path: 'kong.yaml', text: wrong }], { env: {} })
  expect(await readManifestsInSlices([{ path: 'kong.yaml', text: wrong }], { env: {} })).toEqual(whole)
  expect(whole.ok).toBe(false)
})

it('problems in a manifest of 50,000 entities are reported without blocking', largeInput, async () => {
  const misspelt = [{ path: 'kong.yaml', text: text.replace('name: s7000\n', 'nmae: s7000\n') }]
  const whole = readManifests(misspelt, { env: {} })
  let sliced: typeof whole | undefined
  const longest = await longestBlock(async () => {
    sliced = await readManifestsInSlices(misspelt, { env: {} })
  })
  expect(longest).toBeLessThan(100)
  expect(sliced).toEqual(whole)
  expect(whole.ok).toBe(false)
})

it('work in slices lets other work run, and returns its result', async () => {
  let turns = 0
  function* work(): Sliced<string> {
    // Until someone had a turn: a busy machine takes its time.
    for (const end = performance.now() + 20_000; turns === 0 && performance.now() < end; ) yield
    return 'done'
  }
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  expect(await inSlices(work())).toBe('done')
  clearInterval(timer)
  expect(turns).toBeGreaterThan(0)
})
