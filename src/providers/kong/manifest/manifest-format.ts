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
  nothing({ workspace, controlPlane }, selectTags) {
    return JSON.stringify({
      _format_version: '3.0',
      _info: { select_tags: selectTags },
      ...(workspace === undefined ? {} : { _workspace: workspace }),
      ...(controlPlane === undefined ? {} : { _konnect: { control_plane_name: controlPlane } }),
    })
  },
  elsewhere({ controlPlane }, { controlPlane: there, address }) {
    if (controlPlane === undefined || controlPlane === there) return undefined
    return {
      message: `the manifests are for the Konnect control plane ${controlPlane}, but ${address} isn't one`,
      hint: 'Give them a target of their own, or remove _konnect from them.',
    }
  },
  split: splitManifest,
  // As YAML, in which an expression of decK needs no escapes.
  example: document => ({
    path: 'kong.yaml',
    text: dump({ _format_version: '3.0', ...document }, { lineWidth: -1, noRefs: true }),
  }),
}
