/** An error of the gateway itself, in the form that the client asks for: JSON unless it wants text, HTML or XML. */
export function errorPage(
  message: string,
  requestId: string,
  accept: string | undefined,
): { readonly contentType: string; readonly text: string } {
  const wanted = (accept ?? '').toLowerCase()
  const safe = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  if (wanted.startsWith('text/html')) {
    const text =
      '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n' +
      `    <h1>Error</h1>\n    <p>${safe}.</p>\n    <p>request_id: ${requestId}</p>\n  </body>\n</html>\n`
    return { contentType: 'text/html; charset=utf-8', text }
  }
  if (wanted.startsWith('text/plain')) {
    return { contentType: 'text/plain; charset=utf-8', text: `${message}\nrequest_id: ${requestId}\n` }
  }
  if (wanted.startsWith('application/xml') || wanted.startsWith('text/xml')) {
    const text =
      '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n' +
      `  <message>${safe}</message>\n  <requestid>${requestId}</requestid>\n</error>\n`
    return { contentType: 'application/xml; charset=utf-8', text }
  }
  const text = `{\n  "message":${JSON.stringify(message)},\n  "request_id":${JSON.stringify(requestId)}\n}`
  return { contentType: 'application/json; charset=utf-8', text }
}
