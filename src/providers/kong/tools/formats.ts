/** The formats that files are converted from. */
export const sourceFormats = ['kong-gateway', 'kong-gateway-2.x', '2.8', '3.4'] as const
/** The formats that files are converted to. */
export const destinationFormats = ['konnect', 'kong-gateway-3.x', '3.4', '3.10'] as const

export type SourceFormat = (typeof sourceFormats)[number]
export type DestinationFormat = (typeof destinationFormats)[number]
