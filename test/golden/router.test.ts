import { describe, expect, it } from 'vitest'
import { type HeldCase, heldFile, heldText } from '../compatibility.ts'
import { type Comparison, compareFile, recorded, recordingFiles } from './router-recordings.ts'

/** The part of the exchanges that may be answered differently, if `docs/compatibility.md` lists them. */
const tolerated = 0.005

describe.skipIf(!recorded)('the routing model against a real gateway (needs ../shared)', () => {
  const files = recorded ? recordingFiles().map(file => ({ file, comparisons: compareFile(file) })) : []

  it('has the recordings of 3.9.1', () => {
    expect(files.length).toBeGreaterThan(100)
  })

  it('answers exchanges as recorded: route, status, upstream request, effective plugins', () => {
    const all = files.flatMap(({ comparisons }) => comparisons)
    const different = all.filter(comparison => comparison.differences.length > 0)
    expect(
      different.length / all.length,
      different.map(each => JSON.stringify(rowOf(each))).join('\n'),
    ).toBeLessThanOrEqual(tolerated)
  })

  it('stand in docs/compatibility.md with every exchange that is answered differently', async () => {
    const rows = files.map(({ file, comparisons }) => ({
      case: file.replace('.json', ''),
      of: comparisons.length,
      equal: comparisons.filter(({ differences }) => differences.length === 0).length,
    }))
    const different = files
      .flatMap(({ comparisons }) => comparisons)
      .filter(({ differences }) => differences.length > 0)
    const part = { files: rows, different: different.map(rowOf) }
    await expect(heldText(part)).toMatchFileSnapshot(heldFile('routing'))
  })
})

function rowOf({ file, index, request, differences }: Comparison): HeldCase {
  return {
    case: `${file} ${index + 1}: ${request}`,
    held: '',
    here: differences.join('; '),
    verdict: 'wrong',
  }
}
