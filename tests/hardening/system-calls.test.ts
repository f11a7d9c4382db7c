import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { answerOf, cleanUp as endCommands } from '../lifecycle/slipway.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

afterAll(cleanUp);
afterAll(endCommands);

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Where connections go and what is written, as the kernel sees it. */
const TRACED = 'connect,sendto,sendmsg,sendmmsg,openat,open,creat,mkdir,mkdirat,symlink,symlinkat';

type Seen = { outside: string[]; lookups: string[]; files: string[] };

/** What of a trace is no connection on this machine, a lookup of a name, or a file that was made outside `folder`. */
function readTrace(trace: string, folder: string): Seen {
  const seen: Seen = { outside: [], lookups: [], files: [] };
  for (const line of trace.split('\n')) {
    const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(line);
    const host = address?.[1] ?? address?.[2];
    if (host !== undefined && !/^(?:127\.|::1$|0\.0\.0\.0$|::$)/.test(host)) seen.outside.push(line);
    if (/sin6?_port=htons\(53\)|\/nscd\/|\/resolve\//.test(line)) seen.lookups.push(line);
    const made = /O_CREAT/.test(line) || /\b(?:creat|mkdir|mkdirat|symlink|symlinkat)\(/.test(line);
    const path = made ? /"([^"]*)"/.exec(line)?.[1] : undefined;
    if (
      path?.startsWith('/') &&
      !path.startsWith('/proc/') &&
      path !== '/dev/null' && // a device, and no file
      !path.startsWith(`${folder}/`) &&
      path !== folder
    )
      seen.files.push(line);
  }
  return seen;
}

describe.skipIf(!hasStrace)('a server at work (needs strace)', () => {
  it('connects to nothing beyond this machine, looks up no name, and makes no file outside its folder', async () => {
    const folder = await newFolder();
    const trace = join(dirname(folder), 'trace.txt');
    // The tracer is the grandchild: the process that is started becomes Node.
    const under = [
      'strace',
      '-D',
      '-f',
      '--seccomp-bpf',
      '-qq',
      '-s',
      '4096',
      '-e',
      `trace=${TRACED}`,
      '-o',
      trace,
    ] as const;
    const set = ['work.sandbox=off']; // a sandbox mounts a root of its own, whose making would be seen
    const server = await startServer({ folder, under: [...under], set });
    await shipSmall(server.client, 'customers');
    const flags = ['--server', server.url, '--token', server.ownerKey];
    const options = { cwd: dirname(folder) };
    await writeFile(join(dirname(folder), 'rows.csv'), 'age,plan,city\n30,gold,town1\n80,none,town2\n');
    await answerOf(
      ['predict', 'customers', 'rows.csv', '--out', join(dirname(folder), 'out.csv'), ...flags],
      options,
    );
    await answerOf(['monitor', 'customers', ...flags], options);
    await writeFile(join(dirname(folder), 'dense.onnx'), denseModel());
    await answerOf(['models', 'import', 'dense.onnx', '--task', 'multiclass', ...flags], options);
    await answerOf(['deploy', 'dense', '--endpoint', 'dense', ...flags], options);
    expect(await server.end('SIGTERM')).toBe(0);

    const text = await readFile(trace, 'utf8');
    // The trace holds what it should find: the server's own files, of all its processes.
    expect(text).toContain(`${folder}/objects`);
    expect(new Set(text.split('\n').map((line) => line.split(' ')[0])).size).toBeGreaterThan(4);
    expect(readTrace(text, folder)).toEqual({ outside: [], lookups: [], files: [] });
  }, 240_000);

  it('a lookup, a connection and a file elsewhere would be found', async () => {
    const lines = [
      '1 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0',
      '1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
      '1 openat(AT_FDCWD, "/tmp/telemetry", O_WRONLY|O_CREAT, 0666) = 3',
      '1 openat(AT_FDCWD, "/data/x", O_WRONLY|O_CREAT, 0666) = 3',
      '1 connect(3, {sa_family=AF_INET, sin_port=htons(7401), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    ];
    const { outside, lookups, files } = readTrace(lines.join('\n'), '/data');
    expect([outside, lookups, files]).toEqual([[lines[0]], [lines[1]], [lines[2]]]);
  });
});
