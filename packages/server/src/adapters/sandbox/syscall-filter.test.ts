import { describe, expect, it } from 'vitest';
import { syscallFilter } from './syscall-filter.ts';

type Call = { audit: number; number: number; first?: number; second?: number };

/** What the kernel does with a filter: runs it over the data of one call. */
function decide(program: Buffer, { audit, number, first = 0, second = 0 }: Call): number {
  const data = new Map([
    [0, number],
    [4, audit],
    [16, first],
    [24, second],
  ]);
  let value = 0;
  for (let at = 0; at < program.length / 8; at++) {
    const code = program.readUInt16LE(at * 8);
    const operand = program.readUInt32LE(at * 8 + 4);
    const jump = (holds: boolean) => program.readUInt8(at * 8 + (holds ? 2 : 3));
    if (code === 0x06) return operand;
    if (code === 0x20) value = data.get(operand)!;
    else if (code === 0x15) at += jump(value === operand);
    else if (code === 0x35) at += jump(value >>> 0 >= operand);
    else if (code === 0x45) at += jump((value & operand) !== 0);
    else throw new Error(`code ${code}`);
  }
  throw new Error('the program ends without an answer');
}

const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const errno = (number: number) => 0x0005_0000 | number;
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97].map(errno);

const X64 = { audit: 0xc000_003e, read: 0, clone: 56, socket: 41, ioctl: 16, mount: 165, ptrace: 101 };
const ARM64 = { audit: 0xc000_00b7, read: 63, clone: 220, socket: 198, ioctl: 29, mount: 40, ptrace: 117 };

describe.each([
  ['x64', X64, ARM64],
  ['arm64', ARM64, X64],
])('the filter of %s', (name, own, other) => {
  const model = syscallFilter(name, { namespaces: false, families: ['unix'] })!;
  const job = syscallFilter(name, { namespaces: true, families: ['unix', 'inet', 'netlink'] })!;
  const { audit } = own;
  const inModel = (number: number, first?: number, second?: number) =>
    decide(model, {
      audit,
      number,
      ...(first === undefined ? {} : { first }),
      ...(second === undefined ? {} : { second }),
    });

  it('lets ordinary calls and threads through', () => {
    expect(inModel(own.read)).toBe(ALLOW);
    const CLONE_OF_THREAD = 0x3d_0f00;
    expect(inModel(own.clone, CLONE_OF_THREAD)).toBe(ALLOW);
    expect(inModel(own.ioctl, 0, 0x5401)).toBe(ALLOW);
  });

  it('refuses mounts and namespaces, but to programs that confine others', () => {
    const CLONE_NEWUSER = 0x1000_0000;
    expect([inModel(own.mount), inModel(own.clone, CLONE_NEWUSER)]).toEqual([EPERM, EPERM]);
    expect(decide(job, { audit, number: own.mount })).toBe(ALLOW);
    expect(decide(job, { audit, number: own.clone, first: CLONE_NEWUSER })).toBe(ALLOW);
  });

  it('refuses to look into other processes, and says that clone3 and io_uring are not there', () => {
    for (const filter of [model, job]) {
      expect(decide(filter, { audit, number: own.ptrace })).toBe(EPERM);
      for (const number of [435, 425, 426, 427]) expect(decide(filter, { audit, number })).toBe(ENOSYS);
    }
  });

  it('opens sockets of the named families only', () => {
    const [UNIX, INET, VSOCK] = [1, 2, 40];
    expect([UNIX, INET, VSOCK].map((family) => inModel(own.socket, family))).toEqual([
      ALLOW,
      EAFNOSUPPORT,
      EAFNOSUPPORT,
    ]);
    const inJob = [UNIX, INET, VSOCK].map((first) => decide(job, { audit, number: own.socket, first }));
    expect(inJob).toEqual([ALLOW, ALLOW, EAFNOSUPPORT]);
  });

  it('refuses to type into a terminal', () => {
    expect(inModel(own.ioctl, 0, 0x5412)).toBe(EPERM);
  });

  it('ends a program that calls by the numbers of another architecture', () => {
    expect(decide(model, { audit: other.audit, number: own.read })).toBe(KILL);
  });
});

it('does not know the x32 numbers of x64', () => {
  const filter = syscallFilter('x64', { namespaces: false, families: [] })!;
  expect(decide(filter, { audit: X64.audit, number: 0x4000_0000 + X64.read })).toBe(ENOSYS);
});

it('is none for an architecture whose numbers it does not know', () => {
  expect(syscallFilter('riscv64', { namespaces: false, families: [] })).toBeUndefined();
  expect(syscallFilter('constructor', { namespaces: false, families: [] })).toBeUndefined();
});
