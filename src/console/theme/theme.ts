import * as z from 'zod'
import { type Role, roles } from './roles.ts'

const namedColours = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'bright-black',
  'bright-red',
  'bright-green',
  'bright-yellow',
  'bright-blue',
  'bright-magenta',
  'bright-cyan',
  'bright-white',
] as const
const colourNumbers = new Map<string, number>(namedColours.map((name, number) => [name, number]))

const colourSchema = z.union([
  z.enum(namedColours),
  z.string().regex(/^#[0-9a-f]{6}$/, 'a colour is #rrggbb or a name'),
])

const styleSchema = z.strictObject({
  colour: colourSchema.optional(),
  background: colourSchema.optional(),
  bold: z.boolean().optional(),
  dim: z.boolean().optional(),
  italic: z.boolean().optional(),
  underline: z.boolean().optional(),
  inverse: z.boolean().optional(),
})

/** The format of a file in `themes/`: a name, and how each role looks. Every role is required. */
export const themeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string(),
  roles: z.record(z.enum(roles), styleSchema),
})

export type ThemeFile = z.infer<typeof themeSchema>
type Style = z.infer<typeof styleSchema>

/** How many colours a terminal shows, as bits: 1 none, 4 sixteen, 8 the palette of 256, 24 all. */
export type ColourDepth = 1 | 4 | 8 | 24

/** A theme prepared for a terminal. Compared by identity: a new one redraws everything. */
export interface Theme {
  readonly name: string
  /** The escape sequence that begins a role's style on top of a base role; empty: no style. */
  open(role: Role, base?: Role): string
}

/** Ends every style. */
export const closeStyle = '\x1b[0m'

/** Prepares a theme for a terminal of that many colours. */
export function makeTheme(file: ThemeFile, depth: ColourDepth): Theme {
  const sequences = new Map<string, string>()
  return {
    name: file.name,
    open(role, base) {
      const name = base === undefined ? role : `${role} ${base}`
      const known = sequences.get(name)
      if (known !== undefined) return known
      const style = base === undefined ? file.roles[role] : { ...file.roles[base], ...file.roles[role] }
      const sequence = openStyle(style, depth)
      sequences.set(name, sequence)
      return sequence
    },
  }
}

function openStyle(style: Style, depth: ColourDepth): string {
  const codes = [
    style.bold ? '1' : '',
    style.dim ? '2' : '',
    style.italic ? '3' : '',
    style.underline ? '4' : '',
    style.inverse ? '7' : '',
    style.colour && depth > 1 ? colourCode(style.colour, depth, 0) : '',
    style.background && depth > 1 ? colourCode(style.background, depth, 10) : '',
  ].filter(code => code !== '')
  return codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`
}

/** The codes of a colour; `offset` is 0 for the text and 10 for the background. */
function colourCode(colour: string, depth: ColourDepth, offset: 0 | 10): string {
  const named = colourNumbers.get(colour)
  if (named !== undefined) return basicCode(named, offset)
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
  if (depth === 24) return `${38 + offset};2;${red};${green};${blue}`
  if (depth === 8) return `${38 + offset};5;${paletteIndex(red, green, blue)}`
  return basicCode(nearestBasic(red, green, blue), offset)
}

function basicCode(index: number, offset: 0 | 10): string {
  return String((index < 8 ? 30 + index : 82 + index) + offset)
}

/** The nearest colour of the palette's 6x6x6 cube or grey ramp. */
function paletteIndex(red: number, green: number, blue: number): number {
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 12) {
    const grey = Math.round((red + green + blue) / 3)
    if (grey < 4) return 16
    return grey > 244 ? 231 : 232 + Math.min(23, Math.max(0, Math.round((grey - 8) / 10)))
  }
  const step = (value: number) =>
    value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.floor((value - 35) / 40))
  return 16 + 36 * step(red) + 6 * step(green) + step(blue)
}

/** The nearest of the sixteen basic colours, by hue if there is one and otherwise by brightness. */
function nearestBasic(red: number, green: number, blue: number): number {
  const highest = Math.max(red, green, blue)
  const lowest = Math.min(red, green, blue)
  if (highest - lowest < 48) return highest < 64 ? 0 : highest < 128 ? 8 : highest < 208 ? 7 : 15
  const middle = (highest + lowest) / 2
  const hue = (red > middle ? 1 : 0) | (green > middle ? 2 : 0) | (blue > middle ? 4 : 0)
  return highest > 191 ? hue + 8 : hue
}
