import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import lock from '../../../../package-lock.json' with { type: 'json' };
import { modelRuntime } from './model-runtime.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const ours = new Map(
  Object.entries(lock.packages as Record<string, { version?: string; integrity?: string }>),
);

describe('what a container of a model of tensors is given', () => {
  it('is a lockfile of the versions and hashes of ours, whole, and names no registry', async () => {
    const files = new Map(await modelRuntime(root));
    const made = JSON.parse(files.get('package-lock.json') as string);
    const { '': top, ...packages } = made.packages;
    expect(JSON.parse(files.get('package.json') as string).dependencies).toEqual(top.dependencies);
    expect(top.dependencies['onnxruntime-node']).toBe(ours.get('node_modules/onnxruntime-node')!.version);
    for (const [path, locked] of Object.entries<{ integrity: string; dependencies?: object }>(packages)) {
      expect(locked.integrity, path).toMatch(/^sha512-/);
      expect(locked.integrity, path).toBe(ours.get(path)!.integrity);
      expect(locked).not.toHaveProperty('resolved');
      for (const name of Object.keys(locked.dependencies ?? {})) {
        const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
        expect(
          places.some((place) => Object.hasOwn(packages, place)),
          `${name} of ${path}`,
        ).toBe(true);
      }
    }
  });

  it('is ONNX Runtime for Linux on both architectures, and nothing of other systems', async () => {
    const paths = (await modelRuntime(root))
      .map(([path]) => path)
      .filter((path) => path.startsWith('node_modules/'));
    for (const architecture of ['x64', 'arm64']) {
      const native = paths.filter((path) => path.includes(`/linux/${architecture}/`));
      expect(native.map((path) => path.split('/').at(-1))).toEqual([
        expect.stringMatching(/^libonnxruntime\.so/),
        'onnxruntime_binding.node',
      ]);
    }
    expect(paths.filter((path) => /darwin|win32|providers_cuda/.test(path))).toEqual([]);
    expect(paths).toContain('node_modules/onnxruntime-common/package.json');
  });
});
