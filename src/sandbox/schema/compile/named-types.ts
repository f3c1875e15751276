/**
 * Kong's schemas don't say which checks a field has that are made by a function, but the named types with such a check
 * always carry the same description. It is converted to a name here: the only part of descriptions that the facts keep.
 */
const namesByDescription: readonly (readonly [start: string, name: string])[] = [
  ['A string representing a host name, such as example.com.', 'host'],
  ['When using the `redis` policy, this property specifies the address to the Redis server', 'host'],
  ['A string representing a host name with an optional port number', 'hostWithOptionalPort'],
  ['A string representing a wildcard host name', 'wildcardHost'],
  ['A string representing an IP address or CIDR block', 'ipOrCidr'],
  ['A string representing an IP address, such as', 'ip'],
  ['A string representing a CIDR block for IPv4', 'cidrV4'],
  ['A string representing a URL path', 'path'],
  ['A string representing a URL, such as', 'url'],
  ['A string representing an HTTP header name', 'headerName'],
  ['A string representing an HTTP token', 'cookieName'],
  ['The cookie name to take the value from', 'cookieName'],
  ['A string representing a router path', 'routerPath'],
  ['A unique string representing a UTF-8 encoded name', 'utf8Name'],
  ['A string representing an SNI', 'sni'],
  ['A string representing a certificate', 'certificate'],
  ['A string representing a key', 'privateKey'],
  ['A string representing a tag', 'tag'],
  ['A pair of PEM-encoded public and private keys', 'pemPair'],
]

/** The name of the type that a description belongs to, if it is one that checks by a function. */
export function namedType(description: string): string | undefined {
  return namesByDescription.find(([start]) => description.startsWith(start))?.[1]
}
