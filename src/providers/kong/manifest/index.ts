export { findManifestFiles, loadManifestFiles } from './files.ts'
export { readManifests, readManifestsInSlices } from './reading/read.ts'
