import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { cpuSeconds, memoryOf, treeOf } from './process-tree.ts';

/** Who is asked, and what. */
export type Target = { pid: number; url: string; script: string };

export type Figures = {
  requestsASecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of all processes of the server, for each request. */
  cpuMicroseconds: number;
  memoryMiB: number;
};

/** Writes the script by which `wrk` posts a body. */
export function writeScript(path: string, body: string, headers: Record<string, string>): void {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  writeFileSync(path, [`wrk.method = "POST"`, `wrk.body = [==[${body}]==]`, ...lines].join('\n'));
}

/** Loads a server with `wrk`, which is kept on a core of its own. Throws when an answer is not 200. */
export async function load(
  { pid, url, script }: Target,
  { seconds, connections, core }: { seconds: number; connections: number; core: string },
): Promise<Figures> {
  const before = cpuSeconds(treeOf(pid));
  const args = ['-c', core, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s'];
  const { stdout } = await promisify(execFile)('taskset', [...args, '--latency', '-s', script, url]);
  const tree = treeOf(pid);
  const spent = cpuSeconds(tree) - before;
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)![1]);
  return {
    requestsASecond: Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1])),
    p50Ms: milliseconds(/^\s+50%\s+(\S+)/m.exec(stdout)![1]!),
    p99Ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(stdout)![1]!),
    cpuMicroseconds: Number(((spent * 1e6) / requests).toFixed(1)),
    memoryMiB: memoryOf(tree),
  };
}

function milliseconds(text: string): number {
  const value = Number.parseFloat(text);
  return Number((text.endsWith('us') ? value / 1000 : text.endsWith('ms') ? value : value * 1000).toFixed(2));
}
