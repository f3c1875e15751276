/** Where a credential comes from; the value itself is never in the file unless it is plain. */
export type CredentialRef =
  | { readonly env: string; readonly prefix?: string }
  | { readonly file: string; readonly prefix?: string }
  | { readonly plain: string }

/** How to reach a Kong gateway's Admin API, as configured. */
export interface KongConfig {
  readonly address: string
  readonly headers: Readonly<Record<string, CredentialRef>>
  readonly workspace?: string
  readonly timeoutMs: number
  /** How long what protects is given to take effect before routes are opened, in milliseconds; absent: as usual. */
  readonly settleMs?: number
  readonly tls: {
    /** False: certificates are not checked. */
    readonly verify: boolean
    /** A PEM file of extra certificate authorities, absolute. */
    readonly authorities?: string
    /** The name that the gateway's certificate must have, where it is not that of the address. */
    readonly serverName?: string
    /** PEM files of what is shown to the gateway, absolute. */
    readonly identity?: { readonly certificate: string; readonly key: string }
  }
}
