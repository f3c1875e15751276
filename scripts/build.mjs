// Bundles src/ into dist/: the program, and the parts that it starts as processes of their own or loads late.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions, root } from './bundle.mjs'

rmSync(join(root, 'dist'), { recursive: true, force: true })

await build({
  ...bundleOptions,
  entryPoints: {
    gatewatch: 'src/cli/main.ts',
    sandbox: 'src/sandbox/process.ts',
    'parse-worker': 'src/manifest/parse-worker.ts',
    'lint-worker': 'src/specs/lint/worker.ts',
    'policy-function-bridge': 'src/workflows/governance/policy-function-bridge.ts',
    'policy-function-process': 'src/workflows/governance/policy-function-process.ts',
  },
  outdir: 'dist',
})
