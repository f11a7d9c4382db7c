/** An environment variable; an empty one counts as unset. */
export function environment(name: `SLIPWAY_${string}`): string | undefined {
  return process.env[name] || undefined;
}
