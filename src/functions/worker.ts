// Runs functions in QuickJS, in a thread that can be ended from outside. Started by thread.ts.
import { workerData } from 'node:worker_threads'
import { Isolate } from './isolate.ts'
import { FunctionModules } from './modules.ts'
import type { Reply, Request, ThreadData } from './protocol.ts'

const { port, answered, root, allowed, megabytes, now }: ThreadData = workerData
const count = new Int32Array(answered)

// All that QuickJS knows about the machine is its clock and its time zone: results must depend on neither.
Date.now = () => now
Date.prototype.getTimezoneOffset = () => 0

const isolates = new Map<string, Isolate>()

async function load(name: string): Promise<Reply> {
  const modules = new FunctionModules(root, allowed)
  const isolate = await Isolate.start(megabytes)
  const why = isolate.load(name, modules)
  if (why === undefined) isolates.set(name, isolate)
  return { type: 'loaded', digest: modules.digest(), why: why ?? null }
}

function ask(name: string, value: string | undefined): Reply {
  const said = isolates.get(name)?.verdict(value)
  if (said?.type === 'verdict') return { type: 'said', passes: said.passes }
  // It isn't called again, and may hold all the memory that it is allowed.
  isolates.delete(name)
  return { type: 'fault', what: said?.type === 'fault' ? said.what : 'it was not loaded' }
}

async function answer(request: Request): Promise<Reply> {
  switch (request.type) {
    case 'start':
      return { type: 'started' }
    case 'load':
      return load(request.name)
    case 'ask':
      return ask(request.name, request.value)
  }
}

port.on('message', async (request: Request) => {
  port.postMessage(await answer(request))
  Atomics.add(count, 0, 1)
  Atomics.notify(count, 0)
})
