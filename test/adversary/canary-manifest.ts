import { certificate, key as certificateKey } from '../certificates.ts'
import type { Canaries } from './canaries.ts'

/** A plugin of one's own: no word of its schema says what is secret. */
export const customSchema = {
  fields: [
    {
      config: {
        type: 'record',
        required: true,
        fields: [
          { token: { type: 'string' } },
          { clientSecret: { type: 'string' } },
          { header_name: { type: 'string' } },
          { header_value: { type: 'string' } },
          { endpoint: { type: 'string' } },
          { headers: { type: 'map', keys: { type: 'string' }, values: { type: 'string' } } },
          { hidden: { type: 'string', encrypted: true } },
          {
            items: {
              type: 'array',
              elements: {
                type: 'record',
                fields: [{ name: { type: 'string' } }, { value: { type: 'string' } }],
              },
            },
          },
        ],
      },
    },
  ],
}

const variable = (name: string): string => `\${{ env "DECK_${name}" }}`

/** What the variables of the manifest hold; another round gives them other values. */
export function variablesOf(canaries: Canaries, round: string): Readonly<Record<string, string>> {
  const text = (kind: string): string => canaries.text(`${kind} from a variable`, round)
  return {
    DECK_UPSTREAM: `https://${text('a host')}.internal/${text('a path')}`,
    DECK_ROUTE_PATH: text('the path of a route'),
    DECK_ROUTE_HOST: `${text('the host of a route')}.example`.toLowerCase(),
    DECK_ROUTE_HEADER: text('the header of a route'),
    DECK_TAG: text('a tag'),
    DECK_MESSAGE: `${text('a text of a plugin')} "quoted", ü`,
    DECK_ORIGIN: `https://${text('an item of a list')}.example`,
    DECK_BYTES: String(canaries.number('a number from a variable', round)),
    DECK_CUSTOM_ID: text('a custom_id'),
    DECK_HOST_HEADER: `${text('a host header')}.example`,
    DECK_VAULT: text('the configuration of a vault'),
    DECK_MAP: text('a value of a mapping'),
    DECK_SHARED: text('a shared configuration'),
    DECK_DEFAULT: `/${text('a default')}`,
    DECK_CODE: `-- ${text('a line of code')}\nreturn`,
    DECK_KEY: text('an API key'),
    DECK_PASSWORD: text('a password'),
    DECK_LIST: `[${text('a list')}, other]`,
    DECK_CREDENTIAL: text('a header that carries a credential'),
  }
}

/** Kinds that `--no-mask-deck-env-vars-value` shows: what variables gave and is secret for no other reason. */
export const shownOnRequest = [
  'a host',
  'a path',
  'the path of a route',
  'the host of a route',
  'the header of a route',
  'a tag',
  'a text of a plugin',
  'an item of a list',
  'a number',
  'a custom_id',
  'a host header',
  'the configuration of a vault',
  'a value of a mapping',
  'a shared configuration',
  'a line of code',
  'a list',
].map(kind => `${kind} from a variable`)

/** A manifest that holds all kinds of secrets, in all places that gatewatch knows to mask. */
export function manifestOf(canaries: Canaries, round: string): string {
  const at = (kind: string): string => JSON.stringify(canaries.text(kind, round))
  return `_format_version: "3.0"
_info: {defaults: {service: {path: ${variable('DEFAULT')}}}}
_plugin_configs: {shared: {prefix: ${variable('SHARED')}}}
services:
- name: pay
  url: ${variable('UPSTREAM')}
  tags: [plain, '${variable('TAG')}']
  routes:
  - name: all
    paths: ["/${variable('ROUTE_PATH')}"]
    hosts: ['${variable('ROUTE_HOST')}']
    headers: {x-team: ['${variable('ROUTE_HEADER')}'], x-api-key: [${at('a header that a route asks for')}]}
  plugins:
  - name: request-termination
    config: {message: '${variable('MESSAGE')}', status_code: 403}
    enabled: false
  - name: cors
    config: {origins: ['https://open.example', '${variable('ORIGIN')}']}
  - name: statsd
    _config: shared
  - name: request-transformer
    config:
      add: {headers: [${at('a header that is added').replace('"', '"Authorization: Bearer ')}, "x-version:1"], querystring: [${at('a parameter that is added').replace('"', '"api_key:')}], body: [${at('a field that is added').replace('"', '"password:')}]}
      replace: {headers: [${at('a header that is replaced').replace('"', '"X-Api-Key:')}, 'X-Session-Token: ${variable('CREDENTIAL')}']}
      append: {headers: [${at('a cookie').replace('"', '"Cookie: a=')}]}
  - name: response-transformer
    config: {add: {headers: [${at('a cookie that is set').replace('"', '"Set-Cookie: a=')}]}}
  - name: http-log
    config:
      http_endpoint: ${at('the password of a log').replace('"', '"https://u:').replace(/"$/, '@log.example/"')}
      headers: {X-Log-Token: ${at('the header of a log')}, x-plain: '${variable('MAP')}'}
      custom_fields_by_lua: {who: ${at('code in a mapping').replace('"', "\"return kong.request.get_header('Authorization') .. '").replace(/"$/, '\'"')}}
  - name: zipkin
    config: {http_endpoint: ${at('the password of a trace').replace('"', '"http://u:').replace(/"$/, '@trace.example/"')}}
  - name: opentelemetry
    config: {traces_endpoint: ${at('a token in a URL').replace('"', '"https://otel.example/v1?token=')}, headers: {X-Auth-Token: ${at('the header of a trace')}}}
  - name: pre-function
    config:
      access:
      - |
        local secret = ${at('code')}
        kong.service.request.set_header("Authorization", secret)
        \${{ env "DECK_CODE" | indent 8 }}
  - name: post-function
    config: {header_filter: [${at('a comment in code').replace('"', '"-- X-Api-Key: ')}]}
  - name: custom-guard
    config: {token: ${at('a field of a plugin of one’s own')}, clientSecret: ${at('another field of it')}, header_name: X-Auth, header_value: ${at('a value beside a name')}, endpoint: ${at('a URL of it').replace('"', '"https://u:').replace(/"$/, '@x.example/"')}, headers: {Proxy-Authorization: ${at('a header of it')}}, hidden: ${at('a secret by its schema')}, items: [{name: x-access-token, value: ${at('an item beside a name')}}]}
plugins:
- {name: acme, config: {account_email: a@b.example, storage: vault, storage_config: {vault: {token: ${at('a token that no schema hides')}}, redis: {password: ${at('a redis password')}}}, eab_hmac_key: ${at('an hmac key')}, eab_kid: kid}}
- {name: session, config: {secret: ${at('a session secret')}}}
- {name: rate-limiting, config: {minute: 5, policy: redis, redis: {host: redis.internal, username: u, password: ${at('a password of redis')}}}}
- {name: request-size-limiting, config: {allowed_payload_size: \${{ env "DECK_BYTES" | toInt }}, size_unit: bytes}}
- {name: loggly, config: {key: ${at('a key of loggly')}}}
- {name: aws-lambda, config: {aws_key: ${at('a key of AWS')}, aws_secret: ${at('a secret of AWS')}, function_name: f, aws_region: eu-west-1}, enabled: false}
- {name: azure-functions, config: {apikey: ${at('a key of Azure')}, appname: a, functionname: f}, enabled: false}
- {name: bot-detection, config: {allow: ${variable('LIST')}}}
upstreams:
- name: up.internal
  host_header: '${variable('HOST_HEADER')}'
  healthchecks: {active: {headers: {Authorization: [${at('the header of a health check')}]}}}
vaults:
- {name: env, prefix: my-env, config: {prefix: ${variable('VAULT')}}}
certificates:
- id: 0a0a0a0a-0000-4000-8000-000000000001
  cert: ${JSON.stringify(certificate)}
  key: ${JSON.stringify(certificateKey)}
consumers:
- username: joe
  custom_id: ${variable('CUSTOM_ID')}
  keyauth_credentials: [{key: ${at('a key')}}, {key: '${variable('KEY')}'}, {key: ${JSON.stringify(canaries.given('a short key', round, `zQ7${round}`))}}]
  basicauth_credentials: [{username: joe, password: ${at('a password')}}, {username: jane, password: '${variable('PASSWORD')}'}]
  hmacauth_credentials: [{username: h, secret: ${at('a secret of hmac')}}]
  jwt_secrets: [{key: issuer, algorithm: HS256, secret: ${at('a secret of jwt')}}]
  oauth2_credentials: [{name: o, client_id: oid, client_secret: ${at('a secret of oauth2')}, redirect_uris: [${at('the user of a redirect').replace('"', '"https://').replace(/"$/, '@app.example/"')}]}, {name: h, client_id: hid, client_secret: ${at('a secret that is hashed')}, hash_secret: true, redirect_uris: ["https://x.example"]}]
`
}
