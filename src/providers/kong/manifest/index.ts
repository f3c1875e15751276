export { findManifestFiles, loadManifestFiles, readManifestFile } from './files.ts'
export { manifestKinds } from './format.ts'
export type { Manifest, ManifestFile, ManifestOptions } from './manifest.ts'
export { readManifests, readManifestsInSlices } from './read.ts'
