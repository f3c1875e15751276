// Bundles src/ into dist/: the program, and the parts that it starts as processes of their own or loads late.
import { copyFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions, root } from './bundle.mjs'

rmSync(join(root, 'dist'), { recursive: true, force: true })

await build({
  ...bundleOptions,
  entryPoints: {
    gatewatch: 'src/cli/main.ts',
    sandbox: 'src/sandbox/process/process.ts',
    'parse-worker': 'src/providers/kong/manifest/reading/parse-worker.ts',
    'lint-worker': 'src/specs/lint/engine/worker.ts',
    'function-worker': 'src/functions/worker.ts',
  },
  outdir: 'dist',
})

const require = createRequire(import.meta.url)
copyFileSync(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'), join(root, 'dist', 'quickjs.wasm'))
