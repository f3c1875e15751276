// Prepares what gatewatch needs to run from a clone: a Node that is new enough, the packages that the
// lock file pins, and a build that is not stale. Plain JavaScript that Node 20 understands, and no packages.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runtimeFolder = join(root, 'scripts', 'runtime')
const bundledNode = join(
  runtimeFolder,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)
/** The oldest Node that every package of the project accepts. */
const oldestNode = [24, 15, 0]

function fail(sentence) {
  process.stderr.write(`gatewatch: ${sentence}\n`)
  process.exit(1)
}

function isNewEnough(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number)
  for (let i = 0; i < oldestNode.length; i++) {
    if (parts[i] !== oldestNode[i]) return parts[i] > oldestNode[i]
  }
  return true
}

/** Runs npm with its output on standard error, so that a pipe only ever carries the program's own data. */
function npm(args, folder) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const env = { ...process.env }
  // Settings of the outer `npm start` would otherwise steer this npm: --prefix, for one.
  for (const name of Object.keys(env)) {
    if (/^npm_(config_(local_)?prefix|lifecycle|package|command)/i.test(name)) delete env[name]
  }
  const run = spawnSync(command, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (run.status !== 0) {
    fail(
      `npm ${args.join(' ')} failed in ${folder}. Its messages are above; check the network and run it again.`,
    )
  }
}

/** The path of a Node that can run gatewatch: this one, or else the bundled one, installed on first use. */
export function ensureNode() {
  if (isNewEnough(process.version)) return process.execPath
  if (!existsSync(bundledNode)) {
    process.stderr.write(
      `gatewatch: Node ${process.version} is too old; installing Node 24 for gatewatch alone\n`,
    )
    npm(['ci'], runtimeFolder)
    if (!existsSync(bundledNode)) {
      fail(
        `Node ${oldestNode.join('.')} or newer is needed, and the bundled one was not installed ` +
          '(npm may block install scripts here). Install Node 24 and try again.',
      )
    }
  }
  return bundledNode
}

function digest(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/**
 * Does work that two processes must not do at once, as two terminals that start in a fresh clone would.
 * The folder `.preparing` is the lock; one whose process is gone is taken over.
 */
function alone(isDone, work) {
  const lock = join(root, '.preparing')
  for (;;) {
    if (isDone()) return
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const holder = Number(readIfThere(join(lock, 'pid')))
      if (holder > 0 && !isRunning(holder)) rmSync(lock, { recursive: true, force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  const release = () => rmSync(lock, { recursive: true, force: true })
  process.on('exit', release)
  try {
    if (!isDone()) work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Installs what the lock file pins, unless that very lock file was installed before. */
export function ensurePackages() {
  const stamp = join(root, 'node_modules', '.gatewatch-lock')
  const wanted = digest(['package.json', 'package-lock.json'])
  alone(
    () => readIfThere(stamp) === wanted,
    () => {
      process.stderr.write('gatewatch: installing packages\n')
      npm(['ci'], root)
      writeFileSync(stamp, wanted)
    },
  )
}

/** Builds dist/ when a source file is other than at the last build. */
export function ensureBuilt(node) {
  const stamp = join(root, 'dist', '.sources')
  const sources = [
    ...filesBelow('src'),
    ...filesBelow('themes'),
    'package.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/bundle.mjs',
    'scripts/bundle.mjs',
  ]
  const wanted = digest(sources)
  alone(
    () => readIfThere(stamp) === wanted,
    () => {
      process.stderr.write('gatewatch: building\n')
      const run = spawnSync(node, [join(root, 'scripts', 'build.mjs')], {
        cwd: root,
        stdio: ['ignore', 2, 2],
      })
      if (run.status !== 0) fail('the build failed; its messages are above.')
      mkdirSync(dirname(stamp), { recursive: true })
      writeFileSync(stamp, wanted)
    },
  )
}

/** Everything at once; returns the Node to run with. */
export function prepare() {
  const node = ensureNode()
  ensurePackages()
  ensureBuilt(node)
  return node
}

/**
 * Runs a program in place of this process: its signals, its terminal and its exit code are this one's.
 * The folder of `node` goes first on the PATH, so that tools started from it find the same Node.
 */
export function become(node, args) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...args], env)
  }
  const child = spawn(node, args, { stdio: 'inherit', env })
  const passOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH']
  for (const signal of passOn) {
    if (process.platform === 'win32' && signal !== 'SIGINT' && signal !== 'SIGTERM') continue
    process.on(signal, () => {
      // The terminal sends these to the whole foreground group: the child has them already.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT' || signal === 'SIGWINCH'))
        return
      child.kill(signal)
    })
  }
  child.on('error', error => fail(`${node} could not be started: ${error.message}`))
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (constants.signals[signal] ?? 1) : (code ?? 1)),
  )
}
