import { execFileSync } from 'node:child_process';

/** The processes that hold models of a folder: the programs, not the sandboxes around them, whose arguments name it too. */
export function modelPids(folder: string): number[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line.replace(/^\d+ /, '').startsWith(process.execPath) && line.includes(folder))
    .map((line) => Number.parseInt(line, 10));
}
