import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { OWN_USER } from './bubblewrap.ts';
import type { Confinement } from './confinement.ts';
import { openSandbox } from './open-sandbox.ts';
import { type ConfinedProcess, endOf } from './start-confined.ts';

const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway sandbox é-')));
await chmod(folder, 0o755); // programs are installed for all to read
const program = join(folder, 'program.js');
await writeFile(program, '');
const sandbox = await openSandbox('auto', program);
const isRoot = process.getuid?.() === 0;
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As the process of a model. */
const MODEL: Confinement = {
  reads: [process.execPath],
  writes: [],
  confines: false,
  devices: false,
  ownUser: true,
  limits: { openFiles: 256, processes: 128, writesFiles: false, niceness: 3 },
};
/** As a job. */
const JOB: Confinement = {
  ...MODEL,
  confines: true,
  ownUser: false,
  limits: { openFiles: 1024, processes: 128, writesFiles: true },
};

const PRELUDE = `
  import * as fs from 'node:fs';
  import * as net from 'node:net';
  import * as os from 'node:os';
  import { spawnSync } from 'node:child_process';
  const outcome = (what) => { try { what(); return 'done'; } catch (error) { return error.code; } };
  const answer = (value) => console.log(JSON.stringify(value));
`;

function startScript(script: string, confinement: Confinement): ConfinedProcess {
  return sandbox.start(confinement, {
    command: [process.execPath, '--input-type=module', '--eval', `${PRELUDE}\n${script}`],
    environment: { GIVEN: 'yes' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a script of Node and gives what it answered. */
async function run<Answer>(script: string, confinement: Confinement = MODEL): Promise<Answer> {
  const { child } = startScript(script, confinement);
  const [told, complaint] = [child.stdout, child.stderr].map((stream) => {
    const pieces: string[] = [];
    stream!.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
    return pieces;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${code}: ${complaint!.join('')}`);
  return JSON.parse(told!.join('')) as Answer;
}

/** Resolves when the script has said something. */
const started = ({ child }: ConfinedProcess) => once(child.stdout!, 'data');

describe.skipIf(sandbox.level !== 'bubblewrap')('a program in a sandbox (needs bubblewrap)', () => {
  it('that is ended while its sandbox is prepared leaves nothing that holds its pipes', async () => {
    // bubblewrap makes a process that waits for it, and which until then is not told of its end.
    for (const moment of Array.from({ length: 60 }, (_, i) => i / 3)) {
      const { child } = startScript('setInterval(() => {}, 1000)', JOB);
      const closed = once(child, 'close', { signal: AbortSignal.timeout(10_000) });
      await wait(moment);
      child.kill(moment % 2 < 1 ? 'SIGTERM' : 'SIGKILL');
      await closed;
    }
  });

  it('sees programs and libraries, and what it was given', async () => {
    await mkdir(join(folder, 'given'));
    await writeFile(join(folder, 'given', 'file'), 'inside', { mode: 0o644 });
    await writeFile(join(folder, 'secret'), 'outside');
    const script = `answer([fs.readdirSync('/').sort(), fs.readdirSync(${JSON.stringify(folder)}),
      fs.readFileSync(${JSON.stringify(join(folder, 'given', 'file'))}, 'utf8'), outcome(() => fs.readFileSync('/etc/passwd')), process.env])`;
    const confinement = { ...MODEL, reads: [process.execPath, join(folder, 'given')] };
    const [top, beside, given, passwords, environment] = await run<
      [string[], string[], string, string, object]
    >(script, confinement);
    const shown = process.execPath.split('/')[1];
    for (const hidden of ['home', 'root', 'var', 'run', 'work'].filter((name) => name !== shown))
      expect(top).not.toContain(hidden);
    expect([beside, given, passwords]).toEqual([['given'], 'inside', 'ENOENT']);
    expect(environment).toMatchObject({ GIVEN: 'yes' });
    expect(Object.keys(environment)).not.toContain('HOME');
  });

  it('writes nowhere, or in the folders that it was given', async () => {
    const place = join(folder, 'writable');
    await mkdir(place);
    const script = `answer([outcome(() => fs.writeFileSync('/usr/x', 'x')), outcome(() => fs.mkdirSync('/x')),
      outcome(() => fs.writeFileSync(${JSON.stringify(join(place, 'x'))}, 'x'))])`;
    expect(await run(script, { ...JOB, writes: [place] })).toEqual(['EROFS', 'EROFS', 'done']);
    expect(await readFile(join(place, 'x'), 'utf8')).toBe('x');
    expect(await run(script)).toEqual(['EROFS', 'EROFS', 'ENOENT']);
  });

  it.each([
    ['a model', MODEL, 'EAFNOSUPPORT'],
    ['a job', JOB, 'ECONNREFUSED'],
  ])('reaches no port of this machine: %s', async (_name, confinement, code) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const script = `net.connect(${port}, '127.0.0.1').on('connect', () => answer('connected')).on('error', (e) => answer(e.code))`;
    expect(await run(script, confinement)).toBe(code);
    server.close();
  });

  it('has no capabilities, gains no privileges, and a filter is over its calls', async () => {
    const script = "answer(fs.readFileSync('/proc/self/status', 'utf8'))";
    for (const confinement of [MODEL, JOB]) {
      const status = await run<string>(script, confinement);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^CapBnd:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status).toMatch(/^Seccomp:\t2$/m);
    }
  });

  it('makes namespaces only where it confines others', async () => {
    const script = "answer(spawnSync('unshare', ['--user', 'true']).status)";
    expect(await run(script)).not.toBe(0);
    expect(await run(script, JOB)).toBe(0);
  });

  it('sees no other processes, and has the limits and the priority that it was given', async () => {
    const script = `answer([fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length, os.getPriority(),
      fs.readFileSync('/proc/self/limits', 'utf8')])`;
    const [processes, priority, limits] = await run<[number, number, string]>(script);
    expect(processes).toBe(2);
    expect(priority).toBe(3);
    expect(limits).toMatch(/^Max open files +256 +256 /m);
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    expect(limits).toMatch(/^Max file size +0 +0 /m);
  });

  it('ends with the process that Node knows, and its own process is known', async () => {
    const confined = startScript("answer('here'); setInterval(() => {}, 1000)", MODEL);
    await started(confined);
    const pid = confined.programPid();
    expect(pid).not.toBe(confined.child.pid);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Name:\t(node|MainThread)/m);
    if (isRoot) expect(status).toMatch(new RegExp(`^Uid:\t${OWN_USER}\t`, 'm'));
    confined.child.kill('SIGKILL');
    await once(confined.child, 'close');
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });

  it.runIf(['group', 'namespace'].includes(sandbox.processes))(
    'has so many processes at most, and others are not concerned',
    async () => {
      const script = `
        const count = () => fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length;
        spawnSync('/bin/sh', ['-c', 'i=0; while [ $i -lt 300 ]; do sleep 9 & i=$((i+1)); done'], { stdio: 'ignore' });
        answer(count());
        process.exit();`;
      const beside = startScript("answer('here'); setInterval(() => {}, 1000)", JOB);
      await started(beside);
      const processes = await run<number>(script, JOB);
      expect(processes).toBeGreaterThan(50);
      expect(processes).toBeLessThan(128);
      expect(await run<string>("answer('others start')", JOB)).toBe('others start');
      beside.child.kill('SIGKILL');
      await once(beside.child, 'close');
    },
  );

  it('tells by which signal it ended', async () => {
    const { child } = startScript("process.kill(process.pid, 'SIGUSR2')", MODEL);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    expect(endOf(code, signal)).toEqual({ code: null, signal: 'SIGUSR2' });
  });

  it('connects to the sockets of the folder that it was given', async () => {
    const sockets = join(folder, 'sockets');
    await mkdir(sockets);
    const server = createServer((socket) => socket.end('hello')).listen(join(sockets, 's'));
    await once(server, 'listening');
    const script = "net.connect('/run/slipway/s').on('data', (piece) => answer(String(piece)))";
    expect(await run(script, { ...JOB, socketFolder: sockets })).toBe('hello');
    server.close();
  });

  it('talks to its parent over the channel of Node', async () => {
    const { child } = sandbox.start(JOB, {
      command: [
        process.execPath,
        '--eval',
        "process.on('message', (m) => process.send(m, () => process.disconnect()))",
      ],
      environment: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    child.send(new Map([[1n, new Uint8Array([1, 2])]]));
    expect(await once(child, 'message')).toEqual([new Map([[1n, new Uint8Array([1, 2])]]), undefined]);
    await once(child, 'close');
  });
});

describe.skipIf(process.platform !== 'linux')('where there is no bubblewrap', () => {
  it('a switched-off sandbox confines nothing, and says so', async () => {
    const off = await openSandbox('off', program);
    expect(off).toMatchObject({ level: 'off', lacks: expect.stringContaining('switched off') });
  });

  it('a program that cannot be read inside is no sandbox to rely on', async () => {
    const missing = join(folder, 'closed.js');
    await writeFile(missing, '', { mode: 0o000 });
    const { level, lacks } = await openSandbox('auto', missing);
    // Root may read it, the user that a program of root becomes may not.
    if (level === 'bubblewrap')
      expect([isRoot, lacks]).toEqual([true, expect.stringContaining('user of their own')]);
    else expect(lacks).toBeDefined();
  });
});
