import type { IFunctionResult, RulesetFunction } from '@stoplight/spectral-core'
import * as z from 'zod'
import { Isolate } from '../../../functions/isolate.ts'
import type { FunctionModules } from '../../../functions/modules.ts'
import { fail, type Result, succeed } from '../../../model/problem.ts'
import { FunctionFault } from './function-fault.ts'

const found = z
  .array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }))
  .nullable()

/**
 * A function of a repository's ruleset, in its own QuickJS: it takes a value, the rule's options and the path of the
 * value, and returns findings. It can request the documents themselves as `context.document.data` and
 * `context.documentInventory.resolved`. It throws a `FunctionFault`. The error says why it can't be used, as a clause.
 */
export async function ownFunction(
  file: string,
  modules: FunctionModules,
  megabytes: number,
): Promise<Result<RulesetFunction, string>> {
  let documents: Documents | undefined
  const isolate = await Isolate.start(megabytes, name =>
    textOf(name === 'data' ? documents?.data : documents?.resolved),
  )
  const why = isolate.load(file, modules)
  if (why !== undefined) return fail(why)
  return succeed((input, options, { path, rule, document, documentInventory }) => {
    documents = { data: document.data, resolved: Reflect.get(documentInventory, 'resolved') }
    const said = isolate.data(
      [input, options, { path, rule: { name: Reflect.get(rule, 'name') } }].map(textOf),
    )
    const results = said.type === 'data' ? found.safeParse(JSON.parse(said.json)) : undefined
    if (results?.success) return results.data?.map(plainly)
    throw new FunctionFault(file, said.type === 'fault' ? said.what : 'it did not return a list of findings')
  })
}

interface Documents {
  readonly data: unknown
  readonly resolved: unknown
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value)
}

function plainly({ message, path }: NonNullable<z.infer<typeof found>>[number]): IFunctionResult {
  return path === undefined ? { message } : { message, path }
}
