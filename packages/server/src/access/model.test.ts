import { PERMISSIONS } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { grantedPermissions, ROLE_PERMISSIONS, ROLES } from './model.ts';
import { hashSecret, newSecret, shownPart } from './secret.ts';

describe('roles', () => {
  it('give an owner every permission there is', () => {
    expect([...ROLE_PERMISSIONS.owner].sort()).toEqual([...PERMISSIONS].sort());
  });

  it('let a viewer change nothing and see no keys', () => {
    for (const permission of ROLE_PERMISSIONS.viewer) expect(permission).toMatch(/:read$/);
    expect(ROLE_PERMISSIONS.viewer.has('keys:read')).toBe(false);
  });

  it('let only an admin and an owner touch keys', () => {
    expect(ROLES.filter((role) => ROLE_PERMISSIONS[role].has('keys:write'))).toEqual(['owner', 'admin']);
  });

  it('may be replaced by a list of permissions', () => {
    const granted = grantedPermissions({ role: 'custom', permissions: ['labels:write'] });
    expect([...granted]).toEqual(['labels:write']);
  });
});

describe('secrets', () => {
  it('carry 256 random bits and show only their beginning', () => {
    const { secret, prefix, hash } = newSecret();
    expect(Buffer.from(secret.slice('slip_'.length), 'base64url')).toHaveLength(32);
    expect(secret.startsWith(prefix)).toBe(true);
    expect(prefix).toBe(shownPart(secret));
    expect(prefix).toHaveLength('slip_'.length + 7);
    expect(hash).toBe(hashSecret(secret));
    expect(newSecret().secret).not.toBe(secret);
  });
});
