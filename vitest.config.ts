import { defineConfig } from 'vitest/config'
import { fasterModule } from './scripts/bundle.mjs'

// CI asks for a report that it can count.
const report = process.env.GATEWATCH_TEST_REPORT

/** Tests run the modules that the bundle has in the place of some of Ink's. */
const fasterInk = {
  name: 'faster-ink',
  enforce: 'pre' as const,
  resolveId: (wanted: string, importer: string | undefined) =>
    importer === undefined ? undefined : fasterModule(wanted, importer),
}

export default defineConfig({
  plugins: [fasterInk],
  test: {
    // All that asks for one of them, itself or for another.
    server: {
      deps: {
        inline: [
          /\/node_modules\/(?:ink|ink-table|wrap-ansi|cli-truncate|slice-ansi|widest-line|cli-boxes)\//,
        ],
      },
    },
    // Longer ones say why: test/timeouts.ts.
    testTimeout: 10_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
    projects: ['unit', 'property', 'golden', 'contract', 'peers', 'e2e', 'adversary'].map(name => ({
      extends: true as const,
      test: {
        name,
        include: [`test/${name}/**/*.test.{ts,tsx}`],
        // All but unit tests start processes, hold recordings against each other, or try thousands of cases.
        ...(name === 'unit' ? {} : { testTimeout: 120_000 }),
      },
    })),
  },
})
