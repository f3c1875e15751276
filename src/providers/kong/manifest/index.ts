export { findManifestFiles, loadManifestFiles } from './files.ts'
export { manifestKinds } from './format.ts'
export { readManifests, readManifestsInSlices } from './read.ts'
