import {
  type AnyManifest,
  type BundleStore,
  decodeEngineFile,
  type EngineFile,
} from '../../stages/pack/index.ts';

/** Reads what people ask of bundles. Bundles never change, so the last ones read are kept. */
export type BundleReader = {
  manifest(bundleId: string): Promise<AnyManifest>;
  card(bundleId: string): Promise<string>;
  engine(bundleId: string): Promise<EngineFile>;
};

const KEPT = 16;

export function bundleReader(bundles: BundleStore): BundleReader {
  const manifests = new Map<string, Promise<AnyManifest>>();
  const read = async (bundleId: string) => (await bundles.open(bundleId)).files;
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  return {
    manifest(bundleId) {
      const known = manifests.get(bundleId);
      if (known !== undefined) return known;
      const found = read(bundleId).then(
        (files) => JSON.parse(text(files.get('slipway.json'))) as AnyManifest,
      );
      manifests.set(bundleId, found);
      found.catch(() => manifests.delete(bundleId));
      if (manifests.size > KEPT) manifests.delete(manifests.keys().next().value!);
      return found;
    },
    card: async (bundleId) => text((await read(bundleId)).get('card.md')),
    engine: async (bundleId) => decodeEngineFile((await read(bundleId)).get('trees.json')!),
  };
}
