import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Json } from '../../src/model/json.ts'
import { type Problem, problemText, type Result } from '../../src/model/problem.ts'
import { convertText } from '../../src/providers/kong/tools/converting/convert-file.ts'
import { renderFiles } from '../../src/providers/kong/tools/render.ts'
import { readToolFile } from '../../src/providers/kong/tools/tool-file.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { validateOffline } from '../../src/workflows/tools/validate.ts'
import type { HeldCase } from '../compatibility.ts'
import { firstDifference, meaning, samples } from '../peers/file-tools.ts'
import { shared } from '../shared.ts'
import { deckCases } from './deck-cases.ts'

const folder = join(shared, 'golden', 'deck')

interface Transformation {
  readonly command: string
  readonly input: string
  readonly expected: string
  readonly run: (path: string, text: string) => Result<Json>
}

/** The environment of the cases. */
const env = { DECK_SVC1_HOST: 'mockbin.org' }

const convert = (given: Readonly<Record<string, string>> | null): Transformation['run'] => {
  return (path, text) => {
    const ways = { from: 'kong-gateway-2.x', to: 'kong-gateway-3.x', format: 'json', env: given } as const
    const made = convertText({ path, text }, ways)
    return made.ok ? { ok: true, value: z.json().parse(JSON.parse(made.value.text)) } : made
  }
}
const render: Transformation['run'] = (path, text) => {
  const made = renderFiles([{ path, text }], { env, mocked: true })
  return made.ok ? { ok: true, value: made.value.value } : made
}

const conversion = 'convert --from kong-gateway-2.x --to kong-gateway-3.x'
const transformations: readonly Transformation[] = [
  {
    command: conversion,
    input: 'file-convert/001-kong-gateway-config/kong-gateway-2-x.yaml',
    expected: 'file-convert/001-kong-gateway-config/kong-gateway-3-x.yaml',
    run: convert(env),
  },
  {
    command: conversion,
    input: 'file-convert/003-no-expand-env-vars/input.yaml',
    expected: 'file-convert/003-no-expand-env-vars/expected-expanded.yaml',
    run: convert(env),
  },
  {
    command: `${conversion} --no-expand-env-vars`,
    input: 'file-convert/003-no-expand-env-vars/input.yaml',
    expected: 'file-convert/003-no-expand-env-vars/expected-no-expand.yaml',
    run: convert(null),
  },
  ...['001-mocked-env', '003-traditional-routes', '004-expression-routes'].map(name => ({
    command: 'render',
    input: `render/${name}/input.yaml`,
    expected: `render/${name}/expected.yaml`,
    run: render,
  })),
]

/** The files that convert and render must make of decK's golden files, with what gatewatch makes. */
export function madeFiles(): readonly HeldCase[] {
  return transformations.map(({ command, input, expected, run }): HeldCase => {
    const text = (path: string) => readFileSync(join(folder, path), 'utf8')
    const row = { case: `${command}: ${input}`, held: expected }
    const made = run(input, text(input))
    const wanted = readToolFile({ path: expected, text: text(expected) })
    if (!made.ok) return { ...row, here: made.error.map(problemText).join(' '), verdict: 'wrong' }
    if (!wanted.ok) return { ...row, here: wanted.error.map(problemText).join(' '), verdict: 'wrong' }
    const [a, b] = [wanted.value.value, made.value].map(value => meaning(value, text(input)))
    const difference = firstDifference(a, b)
    return { ...row, here: difference ?? 'the same', verdict: difference === undefined ? 'equal' : 'wrong' }
  })
}

/** What `validate` says without a gateway of each of decK's files, beside what became of it at a real gateway. */
export async function validatedFiles(): Promise<readonly HeldCase[]> {
  const synced = new Map(
    deckCases.flatMap(({ recording }) =>
      'file' in recording ? [[recording.file, 'live' in recording] as const] : [],
    ),
  )
  const rows: HeldCase[] = []
  for (const { name, path } of samples()) {
    const project = await openProject({ cwd: folder, env: {}, files: [path] })
    const [target] = project.ok ? project.value.targets : []
    if (!project.ok || !target) throw new Error(`no target for ${name}`)
    const { problems } = await validateOffline(project.value, target)
    rows.push({ case: name, ...validated(problems, synced.get(name)) })
  }
  return rows
}

/** `isSynced`: whether decK could sync the file; undefined where that was not recorded. */
function validated(problems: readonly Problem[], isSynced: boolean | undefined): Omit<HeldCase, 'case'> {
  const [first] = problems
  const where = first?.place ? `${first.place.line}:${first.place.column}: ` : ''
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const here = first ? `${where}${first.message}${more}` : 'all right'
  if (isSynced === undefined) return { held: 'not recorded', here, verdict: 'open' }
  if (isSynced) return { held: 'synced', here, verdict: first ? 'wrong' : 'equal' }
  if (first) return { held: 'refused', here, verdict: 'equal' }
  return {
    held: 'refused',
    here,
    verdict: 'otherwise',
    why: 'what a gateway has, holds or allows, only it can tell',
  }
}
