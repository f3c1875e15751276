import { startParseThread } from './kong/manifest/reading/parse-thread.ts'
import { type Provider, Providers } from './provider.ts'

/** The providers, a line each; the first is the one that files on the command line are for. Loaded when they are needed. */
const loaders: readonly [Loader, ...Loader[]] = [async () => (await import('./kong/index.ts')).kong]

/** Starts what takes a while and will be needed to read manifests, while the program itself is still being loaded. */
export function startAhead(): void {
  startParseThread()
}

type Loader = () => Promise<Provider>

let loading: Promise<Providers> | undefined

/** Loads all providers, once. */
export function loadProviders(): Promise<Providers> {
  loading ??= load()
  return loading
}

async function load(): Promise<Providers> {
  const [first, ...others] = loaders
  return new Providers([await first(), ...(await Promise.all(others.map(each => each())))])
}
