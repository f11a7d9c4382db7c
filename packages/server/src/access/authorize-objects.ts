import { fail, type OperationId, type Permission } from '@slipway/contract';
import { Denied } from './denied.ts';
import { OBJECT_RULES, type OwnedKind } from './object-rules.ts';

/** Who owns what. */
export interface ObjectOwners {
  /** The key that made it; null where that was not recorded. Undefined when there is no such object. */
  ownerOf(kind: OwnedKind, id: string): Promise<{ owner: string | null } | undefined>;
}

type Asker = { id: string; permissions: ReadonlySet<Permission> };

const MISSING = { upload: 'upload.missing', job: 'job.missing' } as const;

/**
 * Checks every object that a request names against its caller, before anything else is looked up. An object of another key is
 * refused in the words of one that does not exist. Throws `upload.missing`, `job.missing`, and `access.forbidden` where an
 * object takes a permission that the caller lacks.
 */
export async function authorizeObjects(
  operation: OperationId,
  input: unknown,
  caller: Asker,
  owners: ObjectOwners,
): Promise<void> {
  for (const [place, rule] of Object.entries(OBJECT_RULES[operation])) {
    if (rule === 'installation') continue;
    const named = valuesAt(input, place.split('.'));
    if ('needs' in rule) {
      if (named.length > 0 && !caller.permissions.has(rule.needs))
        throw fail('access.forbidden', { permission: rule.needs });
      continue;
    }
    for (const id of named) await refuseOthers(String(id), rule, caller, owners);
  }
}

async function refuseOthers(
  id: string,
  { owned, others }: { owned: OwnedKind; others: Permission },
  caller: Asker,
  owners: ObjectOwners,
): Promise<void> {
  const found = await owners.ownerOf(owned, id);
  if (found === undefined) throw fail(MISSING[owned], { id });
  if (found.owner === caller.id || caller.permissions.has(others)) return;
  throw fail(MISSING[owned], { id }, { cause: new Denied('access.foreign-object', { [owned]: id }) });
}

/** What lies at a place such as `body.sets[].name`; nothing where a part of the way is left out. */
export function valuesAt(value: unknown, [part, ...rest]: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (part === undefined) return [value];
  if (typeof value !== 'object') return [];
  const name = part.replace('[]', '');
  const held: unknown = new Map<string, unknown>(Object.entries(value)).get(name);
  if (name === part) return valuesAt(held, rest);
  return Array.isArray(held) ? held.flatMap((item) => valuesAt(item, rest)) : [];
}
