import { expect, it } from 'vitest';
import { versionSkew } from './version-skew.ts';

it.each([
  ['1.2.3', '1.2.3', 'none'],
  ['1.2.3', '1.9.0', 'compatible'],
  ['1.2.3', '2.0.0', 'incompatible'],
  ['0.1.0', '0.1.7', 'compatible'],
  ['0.1.0', '0.2.0', 'incompatible'],
  ['1.0.0-rc.1', '1.0.0', 'compatible'],
  ['1.0.0', 'nonsense', 'incompatible'],
])('%s and %s: %s', (own, other, skew) => {
  expect(versionSkew(own, other)).toBe(skew);
});
