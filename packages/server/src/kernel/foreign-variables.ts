/**
 * Whether a variable `SLIPWAY_*` of the environment is none of a server's settings: the command line reads it, or tests do.
 */
export function isForeignVariable(name: string): boolean {
  return /^SLIPWAY_(?:SERVER|TOKEN|TEST_.*|REQUIRE_.*)$/.test(name);
}
