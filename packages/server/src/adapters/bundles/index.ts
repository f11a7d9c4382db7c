export { createBundleFolderStore, readBundle } from './bundle-folder-store.ts';
export { type FileSigner, openFileSigner, openFileVerifier } from './file-signer.ts';
