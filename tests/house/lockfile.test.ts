import { describe, expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

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
