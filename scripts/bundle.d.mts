import type { BuildOptions } from 'esbuild'

/** The project's folder. */
export const root: string
/** What takes the place of a module of Ink that a file asks for; undefined: nothing. */
export function fasterModule(wanted: string, importer: string): string | undefined
/** What every bundle of gatewatch has in common. */
export const bundleOptions: BuildOptions
