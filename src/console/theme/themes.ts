import dark from '../../../themes/dark.json' with { type: 'json' }
import highContrast from '../../../themes/high-contrast.json' with { type: 'json' }
import light from '../../../themes/light.json' with { type: 'json' }
import mono from '../../../themes/mono.json' with { type: 'json' }
import { type ColourDepth, makeTheme, type Theme, themeSchema } from './theme.ts'

const files: Readonly<Record<string, unknown>> = { dark, light, 'high-contrast': highContrast, mono }

/** The themes that come with gatewatch. */
export const themeNames: readonly string[] = Object.keys(files)

/** The parts of the environment that decide the colours. */
export interface ColourSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The colours that the terminal claims to show, in bits. */
  readonly depth: number
}

/**
 * The theme to draw with: the requested one, or the dark one; without colours if NO_COLOR is set or the terminal has
 * none. Undefined: there is no theme of that name.
 */
export function chooseTheme(name: string | undefined, surroundings: ColourSurroundings): Theme | undefined {
  if (name !== undefined && !(name in files)) return undefined
  const depth = colourDepth(surroundings)
  return makeTheme(themeSchema.parse(files[depth === 1 ? 'mono' : (name ?? 'dark')]), depth)
}

function colourDepth({ environment, depth }: ColourSurroundings): ColourDepth {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== '') return 1
  if (environment.TERM === 'dumb' || depth < 4) return 1
  if (depth >= 24) return 24
  return depth >= 8 ? 8 : 4
}
