// Makes the package of the SDK ready to be packed or published: JavaScript and types in `packages/sdk/dist/`.
//
//   node scripts/build-sdk.mjs
//   npm pack -w packages/sdk         runs it first
import { buildSdk, buildSdkTypes } from './build/sdk.mjs';

await Promise.all([buildSdk(), buildSdkTypes()]);
