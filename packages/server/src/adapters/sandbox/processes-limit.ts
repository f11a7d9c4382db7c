import { release } from 'node:os';
import type { Means } from './means.ts';

/**
 * What limits processes and threads. `group`: a control group for each program. `namespace`: the kernel, within each sandbox. `user`: models
 * of root, which are one user together, by the kernel; jobs are watched alone. `watched`: jobs are watched by their parent, models are not limited.
 */
export type ProcessesLimit = 'group' | 'namespace' | 'user' | 'watched';

/** From which the kernel counts the processes of a user in each user namespace. */
const COUNTS_BY_NAMESPACE = [5, 14] as const;

export function processesLimit(means: Means): ProcessesLimit {
  if (means.by !== 'nothing' && means.groups !== undefined) return 'group';
  if (means.by !== 'bubblewrap') return 'watched';
  if (means.changesUser) return 'user';
  // The kernel limits no processes of root, in whichever namespace.
  if (process.getuid?.() === 0) return 'watched';
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const [fromMajor, fromMinor] = COUNTS_BY_NAMESPACE;
  return major > fromMajor || (major === fromMajor && minor >= fromMinor) ? 'namespace' : 'watched';
}
