import { delimiter, isAbsolute } from 'node:path'
import { homeFolder } from '../home-folder.ts'
import { isBelow, realPath } from '../paths.ts'

/** Variables that point git at another repository than the one in the folder, or change what it reads of it. */
const foreign: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_DIR',
  'GIT_EXTERNAL_DIFF',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
])

/**
 * The environment that git runs in: nothing in it leads to another repository, asks for a password or fetches missing
 * objects, and no program is searched for in the folder itself or below it.
 */
export function environment(folder: string): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !foreign.has(name)) env[name] = value
  }
  return {
    ...env,
    ...(env.PATH === undefined ? {} : { PATH: pathOutside(env.PATH, folder) }),
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PAGER: 'cat',
    // Objects that a partial clone lacks would be fetched by programs that its settings name. `none` isn't a protocol.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  }
}

/** The folders of a `PATH` that are absolute and outside a folder, unless that leaves none. */
function pathOutside(path: string, folder: string): string {
  const top = realPath(folder)
  const home = homeFolder()
  const isAll = home !== undefined && isBelow(top, realPath(home))
  return path
    .split(delimiter)
    .filter(each => isAbsolute(each) && (isAll || !isBelow(top, realPath(each))))
    .join(delimiter)
}

/**
 * Settings as variables, after those that the environment already has: unlike `-c`, they can express any key.
 * https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
 */
export function settingsAsVariables(
  env: Readonly<Record<string, string>>,
  settings: ReadonlyMap<string, string>,
): Record<string, string> {
  const before = /^\d+$/.test(env.GIT_CONFIG_COUNT ?? '') ? Number(env.GIT_CONFIG_COUNT) : 0
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(before + settings.size) }
  let at = before
  for (const [key, value] of settings) {
    variables[`GIT_CONFIG_KEY_${at}`] = key
    variables[`GIT_CONFIG_VALUE_${at}`] = value
    at += 1
  }
  return variables
}
