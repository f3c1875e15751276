/** A text as a YAML scalar: JSON's quotes are YAML's too. */
export function yamlScalar(text: string): string {
  const plain =
    /^[A-Za-z][A-Za-z0-9_./:-]*$/.test(text) &&
    !text.endsWith(':') &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
  return plain ? text : JSON.stringify(text)
}
