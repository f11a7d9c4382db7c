export { createBundleFolderStore } from './bundle-folder-store.ts';
export { openFileSigner } from './file-signer.ts';
