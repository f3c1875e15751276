import { describe, expect, test } from 'vitest'
import { type GovernedRepository, governed, policyText } from './governance-repository.ts'

const file = 'policies/timeouts.yaml'
const people = `people:
  "@mira": [mira@x.example]
  "@jonas": [jonas@x.example]
  "@aisha": [aisha@x.example]
  "@pay/gateways": [jonas@x.example]`

/** A policy of aisha's that jonas may approve, as a candidate. */
async function proposed(trusted = ['mira', 'jonas', 'aisha']): Promise<GovernedRepository> {
  const repository = await governed(trusted)
  await repository.configure(people)
  await repository.write('CODEOWNERS', '* @mira\n/policies/ @jonas\n')
  await repository.write(file, policyText({ state: 'candidate' }))
  await repository.commit('Timeouts', 'aisha')
  return repository
}

async function policyOf(repository: GovernedRepository) {
  const { policies, findings } = await repository.governance()
  const policy = policies.find(each => each.id === 'timeouts')
  if (!policy) throw new Error('no policy')
  return { ...policy.stamp, findings: findings.map(finding => finding.rule) }
}

const why = (said: RegExp) => ({ state: 'unverified', why: expect.stringMatching(said) })

describe('an approval is verified', () => {
  test('by a code owner’s signed commit that says approved, for what others wrote', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    const commit = await repository.signed('Approve timeouts', 'jonas')
    const { state, approval, commit: at } = await policyOf(repository)
    expect(state).toBe('approved')
    expect(at).toBe(commit)
    expect(approval).toEqual({
      state: 'verified',
      by: 'jonas@x.example',
      how: `signed commit ${commit.slice(0, 7)}`,
    })
  })

  test('by a member of a team that owns it', async () => {
    await using repository = await proposed()
    await repository.write('CODEOWNERS', '* @pay/gateways\n')
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).approval).toMatchObject({ state: 'verified', by: 'jonas@x.example' })
  })

  test('by a review that someone else than the author recorded', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.commit('Approved', 'aisha')
    const content = (await repository.governance()).digests.get('timeouts')
    const review = `reviews:\n  - content: ${content}\n    reviewer: "@jonas"\n    url: https://forge.example/pull/7\n`
    await repository.write('policies/reviews/forge.yaml', review)
    expect((await policyOf(repository)).approval).toEqual(why(/is not signed/))
    await repository.commit('Record the review', 'ci')
    expect((await policyOf(repository)).approval).toEqual({
      state: 'verified',
      by: '@jonas',
      how: 'review https://forge.example/pull/7',
    })
    // What was reviewed is not what there is now.
    await repository.write(file, policyText({ fix: 'Wait.' }))
    await repository.commit('Another fix', 'aisha')
    expect((await policyOf(repository)).approval.state).toBe('unverified')
  })
})

describe('an approval is not verified', () => {
  test('when the commit is not signed', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.commit('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).approval).toEqual(why(/which approves it, is not signed/))
  })

  test('when the author approves their own work', async () => {
    await using repository = await governed(['jonas'])
    await repository.configure(people)
    await repository.write('CODEOWNERS', '* @jonas\n')
    await repository.write(file, policyText({ state: 'candidate' }))
    await repository.commit('Timeouts', 'jonas')
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).approval).toEqual(why(/jonas@x.example approves their own work/))
  })

  test('when the author wrote it together with its approval, in a commit that someone else signed', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText({ fix: 'Jonas knows.' }))
    await repository.signed('Approve and change', 'jonas')
    expect((await policyOf(repository)).approval).toEqual(why(/approves their own work/))
  })

  test('when it was changed afterwards', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    await repository.write(file, policyText({ fix: 'Answer at some time.' }))
    await repository.commit('Another fix', 'aisha')
    expect((await policyOf(repository)).approval).toEqual(why(/has changed since it was approved/))
  })

  test('when a line of it is not committed', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    await repository.write(file, policyText({ fix: 'Wait.' }))
    const { approval, commit } = await policyOf(repository)
    expect(approval).toEqual(why(/not committed in its current form/))
    expect(commit).toBeNull()
  })

  test('when the signer is not a code owner, or is unknown', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'mira')
    expect((await policyOf(repository)).approval).toEqual(
      why(/mira@x.example.*isn’t known to be a code owner/),
    )
  })

  test('when the key is not trusted here', async () => {
    await using repository = await proposed(['mira'])
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).approval.state).toBe('unverified')
  })

  test('when someone signs in another’s name', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas', 'aisha')
    expect((await policyOf(repository)).approval).toEqual(why(/aisha@x.example approves their own work/))
  })

  test('when the author records the review', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText())
    await repository.commit('Approved', 'aisha')
    const content = (await repository.governance()).digests.get('timeouts')
    const review = `reviews:\n  - content: ${content}\n    reviewer: "@jonas"\n    url: https://forge.example/pull/7\n`
    await repository.write('policies/reviews/forge.yaml', review)
    await repository.commit('Record the review', 'aisha')
    expect((await policyOf(repository)).approval.state).toBe('unverified')
  })

  test('when there is no CODEOWNERS', async () => {
    await using repository = await governed()
    await repository.write(file, policyText())
    await repository.commit('Timeouts', 'aisha')
    expect((await policyOf(repository)).approval).toEqual(why(/CODEOWNERS names no owner/))
  })
})

describe('what an approval decides', () => {
  test('where approvals are required, an unverified one is a candidate', async () => {
    await using repository = await proposed()
    await repository.configure(`${people}\nrequire_approval: true`)
    await repository.write(file, policyText())
    await repository.commit('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).state).toBe('candidate')
    await repository.write(file, policyText({ state: 'candidate' }))
    await repository.commit('Back', 'aisha')
    await repository.write(file, policyText())
    await repository.signed('Approve timeouts', 'jonas')
    expect((await policyOf(repository)).state).toBe('approved')
  })

  test('an approved policy with failing examples is a candidate, and that is reported', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText({ assert: '{ read_timeout: { at_most: 100000 } }' }))
    await repository.signed('Approve timeouts', 'jonas')
    expect(await policyOf(repository)).toMatchObject({
      state: 'candidate',
      approval: { state: 'unverified', why: 'its examples fail' },
      findings: ['policy-examples-fail'],
    })
  })

  test('an approved policy without an example that fails is a candidate', async () => {
    await using repository = await proposed()
    await repository.write(file, policyText({ examples: '[]' }))
    await repository.signed('Approve timeouts', 'jonas')
    expect(await policyOf(repository)).toMatchObject({
      state: 'candidate',
      findings: ['policy-examples-fail'],
    })
  })
})
