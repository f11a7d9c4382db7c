import { ownValue } from '@slipway/contract';

/** An environment variable; an empty one counts as unset. */
export function environment(name: `SLIPWAY_${string}`): string | undefined {
  return ownValue(process.env, name) || undefined;
}
