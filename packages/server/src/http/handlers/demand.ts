import { fail, type Permission } from '@slipway/contract';
import type { Caller } from '../handler-types.ts';

/** What a call needs beyond what its operation names. Throws `access.forbidden`. */
export function demand({ permissions }: Caller, permission: Permission): void {
  if (!permissions.has(permission)) throw fail('access.forbidden', { permission });
}
