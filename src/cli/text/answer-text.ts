import type { DescribedAt } from '../../model/api.ts'
import type { Json } from '../../model/json.ts'
import type { Answer, NamedRef } from '../../model/routing/answer.ts'
import type { ProxyRequest } from '../../model/routing/request.ts'
import { requestText } from '../../workflows/meaning/traffic.ts'
import { describedJson } from './described-text.ts'
import { aligned, type Paint, plain } from './text-parts.ts'

function nameOf(ref: NamedRef | null): string | null {
  return ref ? (ref.name ?? ref.id) : null
}

/** How a request is answered, for people. */
export function answerText(
  request: ProxyRequest,
  answer: Answer,
  operation: DescribedAt | null,
  paint: Paint,
): string {
  const rows: string[][] = [
    ...(isKnown(answer) ? routeRows(answer, paint) : []),
    ...(operation
      ? [
          [
            '  operation',
            plain(operation.operation ?? ''),
            plain(`${operation.place.file}:${operation.place.line}`),
          ],
        ]
      : []),
  ]
  for (const run of answer.plugins) {
    rows.push(['  plugin', plain(run.name), plain(`${run.scope}, ${run.effect}`)])
  }
  if (answer.consumer) rows.push(['  consumer', plain(nameOf(answer.consumer) ?? '')])
  if (answer.upstream) {
    rows.push([
      '  upstream',
      plain(`${answer.upstream.method} ${answer.upstream.uri}`),
      plain(`host ${answer.upstream.host ?? 'of the target'}`),
    ])
  }
  if (answer.status !== null) {
    const by = answer.ending
      ? typeof answer.ending.by === 'string'
        ? answer.ending.by
        : answer.ending.by.name
      : ''
    rows.push(['  status', paint('yellow', String(answer.status)), plain(`by ${by}`)])
  }
  for (const other of answer.also) rows.push(['  also', plain(nameOf(other) ?? ''), 'would match too'])
  // Sentences of their own length would push the columns apart.
  const unknown = answer.unknown.map(sentence => `  unknown   ${plain(sentence)}`)
  return `${[paint('bold', plain(requestText(request))), ...aligned(rows), ...unknown].join('\n')}\n`
}

/** Whether anything is known about it: without a route, the router itself answers. */
function isKnown({ route, status }: Answer): boolean {
  return route !== null || status !== null
}

function routeRows({ route, why, service }: Answer, paint: Paint): string[][] {
  return [
    ['  route', route ? plain(`${nameOf(route)}`) : paint('red', 'none'), plain(why)],
    ['  service', plain(nameOf(service) ?? 'none')],
  ]
}

/** How a request is answered, for programs. */
export function answerJson(answer: Answer, operation: DescribedAt | null): Json {
  return {
    route: nameOf(answer.route),
    service: nameOf(answer.service),
    operation: operation && describedJson(operation),
    status: answer.status,
    upstream: answer.upstream ? { uri: answer.upstream.uri, host: answer.upstream.host } : null,
    plugins: answer.plugins.map(({ name, scope, id }) => ({ name, scope, id })),
    also: answer.also.map(nameOf),
    unknown: [...answer.unknown],
  }
}
