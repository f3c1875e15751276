// How gatewatch is bundled; the build and the frame benchmark share it.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Ink that the modules below were written against; their tests compare them with its own. */
const inkVersion = '8.0.0'

/** Modules of Ink and what takes their place in the bundle and in tests: each keeps what Ink works out anew for every frame. */
const replacements = [
  { wanted: /^string-width$/, from: /./, by: 'src/console/terminal/width.ts' },
  { wanted: /^widest-line$/, from: /\/ink\/build\//, by: 'src/console/terminal/widest-line.ts' },
  { wanted: /^\.\/output\.js$/, from: /\/ink\/build\//, by: 'src/console/terminal/ink-output.ts' },
  { wanted: /^\.\/squash-text-nodes\.js$/, from: /\/ink\/build\//, by: 'src/console/terminal/ink-squash.ts' },
]

/**
 * What takes the place of a module that a file asks for; undefined: nothing. Ink's own modules that are replaced are only
 * loaded to be compared, and keep what they are made of.
 */
export function fasterModule(wanted, importer) {
  const file = importer.replaceAll('\\', '/')
  if (/\/ink\/build\/(?:output|squash-text-nodes)\.js$/.test(file)) return undefined
  const found = replacements.find(each => each.wanted.test(wanted) && each.from.test(file))
  return found && join(root, found.by)
}

/** Puts the faster modules in; fails the build when Ink is another, or none of its files asks for one of them. */
export const fasterInk = {
  name: 'faster-ink',
  setup(build) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/ink/package.json'), 'utf8'))
    if (version !== inkVersion) {
      throw new Error(
        `Ink is ${version}; check that src/console/terminal/ink-*.ts fit it, then change scripts/bundle.mjs`,
      )
    }
    const used = new Set()
    let inkIsBundled = false
    for (const { wanted, from, by } of replacements) {
      build.onResolve({ filter: wanted }, ({ importer }) => {
        const file = importer.replaceAll('\\', '/')
        if (file.includes('/ink/build/')) inkIsBundled = true
        if (!from.test(file)) return undefined
        used.add(by)
        return { path: join(root, by) }
      })
    }
    build.onEnd(() => {
      const unused = inkIsBundled ? replacements.filter(({ by }) => !used.has(by)) : []
      return { errors: unused.map(({ by }) => ({ text: `no module of Ink was replaced by ${by}` })) }
    })
  },
}

/** The implementation of JSONPath whose patterns the module below was written for. */
const jsonPathVersion = '1.3.0'

/**
 * Has `match()` and `search()` of selectors use our own engine, whose time is linear: patch files come from others. Fails the
 * build when the package is another, or does not ask for the module.
 */
export const linearSelectors = {
  name: 'linear-selectors',
  setup(build) {
    const manifest = join(root, 'node_modules/jsonpath-rfc9535/package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (version !== jsonPathVersion) {
      throw new Error(
        `jsonpath-rfc9535 is ${version}; check that src/providers/kong/tools/selecting/selector-pattern.ts fits it, then change scripts/bundle.mjs`,
      )
    }
    let isBundled = false
    let isReplaced = false
    build.onResolve(
      { filter: /^\.\/(?:functions\/match|utils\/construct-regex)\.js$/ },
      ({ importer, path }) => {
        if (!importer.replaceAll('\\', '/').includes('/jsonpath-rfc9535/')) return undefined
        isBundled = true
        if (path.includes('match')) return undefined
        isReplaced = true
        return { path: join(root, 'src/providers/kong/tools/selecting/selector-pattern.ts') }
      },
    )
    build.onEnd(() => ({
      errors: isBundled && !isReplaced ? [{ text: 'the patterns of selectors were not replaced' }] : [],
    }))
  },
}

/** What every bundle of gatewatch has in common. */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  sourcemap: true,
  logLevel: 'warning',
  jsx: 'automatic',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    // Packages that are CommonJS inside read these too.
    __filename: 'import.meta.filename',
    __dirname: 'import.meta.dirname',
  },
  // Packages that are CommonJS inside still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  // Ink asks for the first only with DEV=true; Spectral has modules that can't be bundled and is loaded by its worker.
  external: ['react-devtools-core', '@stoplight/*'],
  plugins: [fasterInk, linearSelectors],
}
