import { dump } from 'js-yaml'
import type { ManifestFormat } from '../../manifest.ts'
import { loadManifestFiles } from './files.ts'
import { readManifests, readManifestsInSlices } from './reading/read.ts'
import { splitManifest } from './writing/split.ts'
import { manifestJson, manifestOf, manifestYaml, mergedManifest } from './writing/write.ts'

/** decK's files. */
export const manifests: ManifestFormat = {
  extensions: ['.yaml', '.yml', '.json'],
  load: loadManifestFiles,
  read: readManifests,
  readSliced: readManifestsInSlices,
  of: manifestOf,
  inWorkspace: (manifest, workspace) => ({ ...manifest, _workspace: workspace }),
  merged: mergedManifest,
  yaml: manifestYaml,
  json: manifestJson,
  split: splitManifest,
  // As YAML, in which an expression of decK needs no escapes.
  example: document => ({
    path: 'kong.yaml',
    text: dump({ _format_version: '3.0', ...document }, { lineWidth: -1, noRefs: true }),
  }),
}
