import { ownValue } from '@slipway/contract';

/** An environment variable; an empty one counts as unset. */
export function environment(
  name: `SLIPWAY_${string}` | `${string}_PROXY` | `${string}_proxy`,
): string | undefined {
  return ownValue(process.env, name) || undefined;
}

/** An empty variable counts as unset, for every reader and for the programs that are started. */
export function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith('SLIPWAY_') && value === '') Reflect.deleteProperty(process.env, name);
}
