/** Response header of the control plane: the version of the server. */
export const VERSION_HEADER = 'x-slipway-version';

export type VersionSkew = 'none' | 'compatible' | 'incompatible';

/**
 * What two versions (`MAJOR.MINOR.PATCH`) make of working together: those of one major do, and before 1.0 those of one minor. What is no
 * version is incompatible with everything.
 */
export function versionSkew(own: string, other: string): VersionSkew {
  if (own === other) return 'none';
  const [a, b] = [seriesOf(own), seriesOf(other)];
  return a !== undefined && a === b ? 'compatible' : 'incompatible';
}

/** `1` of 1.4.2, `0.3` of 0.3.1. */
function seriesOf(version: string): string | undefined {
  const [, major, minor] = /^(\d{1,9})\.(\d{1,9})\.\d{1,9}(?:[-+][\w.+-]{1,100})?$/.exec(version) ?? [];
  return major === '0' ? `0.${minor}` : major;
}
