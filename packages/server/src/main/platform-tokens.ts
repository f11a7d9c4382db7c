import { newSecret } from '../access/index.ts';

/**
 * The tokens by which the platform calls its own endpoints, made anew at each start and kept in memory only: `caller`
 * for files to predict, which are traffic, and `probe` for trying endpoints out, which is none.
 */
export function platformTokens() {
  return { caller: newSecret('slipi'), probe: newSecret('slipi') };
}
