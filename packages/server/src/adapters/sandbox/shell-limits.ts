import type { ProcessLimits } from './confinement.ts';

/**
 * A command that sets limits and becomes the program whose command line follows. `ulimit` of a POSIX shell, since it is everywhere. A
 * limit that the system does not let set is left as it is.
 *
 * @param membersFile of a control group that the program joins first; a program that cannot join does not start
 */
export function withLimits(limits: ProcessLimits, membersFile?: string): string[] {
  const { openFiles, writesFiles, niceness, oomScoreAdjust } = limits;
  const steps = [
    ...(membersFile === undefined ? [] : [`echo $$ >${quoted(membersFile)} || exit 126;`]),
    'ulimit -c 0 2>/dev/null;',
    ...(oomScoreAdjust === undefined
      ? []
      : [`{ echo ${oomScoreAdjust} >/proc/self/oom_score_adj; } 2>/dev/null;`]),
    `ulimit -n ${openFiles} 2>/dev/null;`,
    ...(writesFiles ? [] : ['ulimit -f 0 2>/dev/null;']),
  ];
  const become = niceness === undefined ? 'exec "$@"' : `exec nice -n ${niceness} "$@"`;
  return ['/bin/sh', '-c', `${steps.join(' ')} ${become}`, 'sh'];
}

/**
 * As {@link withLimits}, for the limit on processes, which counts the processes of a user in a user namespace: set inside of a namespace
 * it counts what runs there alone.
 */
export function withProcessLimit(processes: number): string[] {
  // `-u` of bash, `-p` of dash and BusyBox
  const set = `ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes} 2>/dev/null;`;
  return ['/bin/sh', '-c', `${set} exec "$@"`, 'sh'];
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
