import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/**
 * What `src/specs/lint/inventory.ts` takes the place of: docs/decisions/0029. Where this fails after an upgrade, read what
 * Spectral's method does now, see whether Spectral has a setting for places by then, and only then put the new digest here.
 */
const known = '3588b4e06e0fa14466179d60380b2c587b6d91c006bc79dbe4a8745d61e4b0f4'

test('the search for places that is replaced in Spectral is the one that the replacement was written for', () => {
  const require = createRequire(import.meta.url)
  const file = new URL(
    '../../node_modules/@stoplight/spectral-core/dist/documentInventory.js',
    import.meta.url,
  )
  const { DocumentInventory } = require(fileURLToPath(file))
  const method = DocumentInventory.prototype.findAssociatedItemForPath
  expect(typeof method).toBe('function')
  expect(createHash('sha256').update(method.toString()).digest('hex')).toBe(known)
})
