import { describe, expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { IMAGE_NODE_MAJOR } from '../../packages/server/src/stages/pack/index.ts';
import imageNode from '../../scripts/image-node/package-lock.json' with { type: 'json' };

type Locked = {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
  link?: boolean;
  engines?: { node?: string };
};

const packages: [string, Locked][] = Object.entries(lock.packages as Record<string, Locked>);
const names = new Set(packages.map(([path]) => path));

describe('the lockfile', () => {
  test('holds the native parts of every platform, so that `npm ci` works on each', () => {
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !names.has(`node_modules/${name}`) && !names.has(`${path}/node_modules/${name}`))
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('names no registry, so that it installs from whichever one a machine uses', () => {
    const resolved = packages.filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
    expect(resolved.map(([path]) => path)).toEqual([]);
  });

  test('keeps every package where the bundles in dist/ find it', () => {
    const nested = packages
      .map(([path]) => path)
      .filter((path) => /^packages\/[^/]+\/node_modules\//.test(path));
    expect(nested).toEqual([]);
  });

  test('holds nothing that asks for more than Node 20', () => {
    const newer = packages.filter(([, { engines }]) => /^\s*>=?\s*2[1-9]/.test(engines?.node ?? ''));
    expect(newer.map(([path]) => path)).toEqual([]);
  });
});

describe('the Node.js that exported images ship', () => {
  const { packages: tested } = imageNode as { packages: Record<string, Locked & { version?: string }> };

  test('is the major that its tests run on, whose lockfile names no registry', () => {
    const versions = Object.entries(tested).filter(([path]) => path !== '');
    expect(versions).not.toEqual([]);
    for (const [path, { version, resolved }] of versions) {
      expect(Number(version!.split('.')[0]), path).toBe(IMAGE_NODE_MAJOR);
      expect(resolved, path).toBeUndefined();
    }
  });
});
