import { defineConfig } from 'vitest/config'

// CI asks for a report that it can count.
const report = process.env.GATEWATCH_TEST_REPORT

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
    projects: ['unit', 'property', 'golden', 'contract', 'peers', 'e2e', 'adversary'].map(name => ({
      extends: true as const,
      test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`] },
    })),
  },
})
