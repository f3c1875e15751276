// Adds up the checks and test reports of a CI run; the last line is the sum. A skipped test is a failed one,
// and so is a suite that left no report or ran no test.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const sum = { passed: 0, failed: 0, skipped: 0 }
const names = readdirSync(folder)
for (const name of names.filter(each => each.startsWith('check-'))) {
  const passed = readFileSync(join(folder, name), 'utf8').trim() === 'pass'
  sum[passed ? 'passed' : 'failed'] += 1
  if (!passed) process.stdout.write(`failed: ${name.slice('check-'.length)}\n`)
}
for (const suite of ['test', 'adversary', 'contract', 'peers']) {
  if (!names.includes(`${suite}.json`)) {
    process.stdout.write(`failed: ${suite} left no report\n`)
    sum.failed += 1
    continue
  }
  const report = JSON.parse(readFileSync(join(folder, `${suite}.json`), 'utf8'))
  const tests = report.testResults.flatMap(file =>
    file.assertionResults.map(test => ({ ...test, file: file.name })),
  )
  sum.passed += tests.filter(test => test.status === 'passed').length
  for (const test of tests.filter(each => each.status === 'failed')) {
    process.stdout.write(`failed: ${test.fullName}\n`)
    sum.failed += 1
  }
  for (const test of tests.filter(each => each.status !== 'passed' && each.status !== 'failed')) {
    process.stdout.write(`skipped: ${test.fullName}\n`)
    sum.skipped += 1
  }
  // A file that could not even be loaded has no tests to count.
  for (const file of report.testResults.filter(
    each => each.status === 'failed' && each.assertionResults.length === 0,
  )) {
    process.stdout.write(`failed: ${file.name}\n`)
    sum.failed += 1
  }
  if (tests.length === 0) sum.failed += 1
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
if (sum.failed + sum.skipped > 0) process.exitCode = 1
