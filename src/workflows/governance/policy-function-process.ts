// Runs the JavaScript functions that policies name, in a process of their own: whatever they do, only that ends.
// Started by policy-function-bridge.ts.
import type { FunctionFile, LoadMessage, ProcessMessage } from './policy-function-protocol.ts'

type Made = (value: unknown) => unknown

const functions = new Map<string, Made>()

function tell(message: LoadMessage | boolean): void {
  process.send?.(message)
}

async function load(files: readonly FunctionFile[]): Promise<void> {
  for (const { name, href } of files) {
    tell({ type: 'loading', name })
    try {
      const module: unknown = await import(href)
      const made: unknown =
        typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : null
      if (typeof made === 'function') functions.set(name, value => Reflect.apply(made, undefined, [value]))
      else tell({ type: 'unusable', name, why: 'it has no default export that is a function' })
    } catch (error) {
      tell({ type: 'unusable', name, why: error instanceof Error ? error.message : String(error) })
    }
  }
  tell({ type: 'ready' })
}

/** A function that throws counts as not passed. */
function passes(name: string, value: unknown): boolean {
  try {
    return functions.get(name)?.(value) === true
  } catch {
    return false
  }
}

process.on('message', (message: ProcessMessage) => {
  if ('files' in message) void load(message.files)
  else tell(passes(message.name, message.value))
})
// Nobody asks any more. What the keyboard sends is for the program that asks.
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => {})
