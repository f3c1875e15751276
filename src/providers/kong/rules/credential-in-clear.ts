import type { PackRule } from '../../../governance/pack/rule.ts'

const consumer = (key: string) => ({ consumers: [{ username: 'joe', keyauth_credentials: [{ key }] }] })

export const credentialInClear: PackRule = {
  id: 'credential-in-clear',
  title: 'No manifest holds a credential in clear text',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API8:2023',
  select: {
    subject: 'manifest',
    kind: ['key-auth', 'basic-auth', 'hmac-auth', 'jwt-auth', 'oauth2-cred', 'certificate', 'key', 'plugin'],
  },
  assert: { clear: { empty: true } },
  at: '{clear.0}',
  message: '{clear} is in the manifest in clear text',
  rationale: 'What is in Git stays there, and more people and programs read it than the gateway serves.',
  fix: 'Take it from the environment, as ${{ env "DECK_KEY" }}, or refer to a vault; then replace the credential.',
  examples: [
    { expect: 'pass', manifest: consumer('${{ env "DECK_KEY_OF_JOE" }}') },
    { name: 'from a vault', expect: 'pass', manifest: consumer('{vault://env/key-of-joe}') },
    { expect: 'fail', manifest: consumer('a-key-for-everyone') },
    {
      name: 'in a plugin',
      expect: 'fail',
      manifest: {
        plugins: [
          {
            name: 'rate-limiting',
            config: {
              minute: 5,
              policy: 'redis',
              redis: { host: 'redis.internal', password: 'open sesame' },
            },
          },
        ],
      },
    },
  ],
}
