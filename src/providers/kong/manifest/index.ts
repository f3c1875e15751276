export { findManifestFiles, loadManifestFiles } from './files.ts'
export { manifestKinds } from './format/format.ts'
export { readManifests, readManifestsInSlices } from './reading/read.ts'
