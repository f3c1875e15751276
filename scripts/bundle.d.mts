import type { BuildOptions } from 'esbuild'

/** The project's folder. */
export const root: string
/** What every bundle of gatewatch has in common. */
export const bundleOptions: BuildOptions
