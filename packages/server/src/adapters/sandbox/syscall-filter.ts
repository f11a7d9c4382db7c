import { ownValue } from '@slipway/contract';

/** What a filter lets through beside what every program needs. */
export type FilterOptions = {
  /** Whether the program may make namespaces, as one does that confines programs of its own. */
  namespaces: boolean;
  /** Families of sockets that may be opened. */
  families: readonly SocketFamily[];
};

export type SocketFamily = keyof typeof FAMILIES;

/** Numbers of `AF_*`, the same on all architectures. */
const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;

/** Numbers of `errno`, the same on x64 and arm64. */
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

type Numbers = {
  /** `AUDIT_ARCH_*`. */
  audit: number;
  /** The first number of another calling convention of this architecture (x32). */
  foreignFrom?: number;
  clone: number;
  socket: number;
  ioctl: number;
  /** Answered with EPERM where namespaces are refused: the making of namespaces and mounts. */
  namespaces: readonly number[];
  /** Answered with EPERM: other processes, the kernel, its keys, clocks, modules and devices. */
  refused: readonly number[];
  /** Answered with ENOSYS, so that libraries take the older call, whose arguments a filter can see. */
  absent: readonly number[];
};

/** `clone3`, and the three of io_uring, which would carry out calls past the filter. */
const ABSENT = [435, 425, 426, 427];
/** `open_tree`, `move_mount`, `fsopen`, `fsconfig`, `fsmount`, `fspick`, `pidfd_getfd`, `process_madvise`, `mount_setattr`, `quotactl_fd`. */
const REFUSED_EVERYWHERE = [428, 429, 430, 431, 432, 433, 438, 440, 442, 443];

/** Source: the kernel's `syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`. */
const ARCHITECTURES: Readonly<Record<string, Numbers>> = {
  x64: {
    audit: 0xc000_003e,
    foreignFrom: 0x4000_0000,
    clone: 56,
    socket: 41,
    ioctl: 16,
    // mount, umount2, pivot_root, unshare
    namespaces: [165, 166, 155, 272],
    refused: [
      // ptrace, process_vm_readv, process_vm_writev, kcmp, setns, chroot
      ...[101, 310, 311, 312, 308, 161],
      // bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, syslog
      ...[321, 298, 323, 248, 249, 250, 103],
      // kexec_load, kexec_file_load, init_module, finit_module, delete_module, reboot, swapon, swapoff, acct, quotactl, vhangup
      ...[246, 320, 175, 313, 176, 169, 167, 168, 163, 179, 153],
      // settimeofday, clock_settime, adjtimex, clock_adjtime, iopl, ioperm, modify_ldt
      ...[164, 227, 159, 305, 172, 173, 154],
      // open_by_handle_at, name_to_handle_at, fanotify_init, lookup_dcookie
      ...[304, 303, 300, 212],
      ...REFUSED_EVERYWHERE,
    ],
    absent: ABSENT,
  },
  arm64: {
    audit: 0xc000_00b7,
    clone: 220,
    socket: 198,
    ioctl: 29,
    // mount, umount2, pivot_root, unshare
    namespaces: [40, 39, 41, 97],
    refused: [
      // ptrace, process_vm_readv, process_vm_writev, kcmp, setns, chroot
      ...[117, 270, 271, 272, 268, 51],
      // bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, syslog
      ...[280, 241, 282, 217, 218, 219, 116],
      // kexec_load, kexec_file_load, init_module, finit_module, delete_module, reboot, swapon, swapoff, acct, quotactl, vhangup
      ...[104, 294, 105, 273, 106, 142, 224, 225, 89, 60, 58],
      // settimeofday, clock_settime, adjtimex, clock_adjtime
      ...[170, 112, 171, 266],
      // open_by_handle_at, name_to_handle_at, fanotify_init, lookup_dcookie
      ...[265, 264, 262, 18],
      ...REFUSED_EVERYWHERE,
    ],
    absent: ABSENT,
  },
};

/** CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e02_0080;
/** Requests of `ioctl` that put input into a terminal: TIOCSTI and TIOCLINUX. */
const TERMINAL_INPUT = [0x5412, 0x541c];

/** Places in `struct seccomp_data`; of an argument the lower half, little-endian. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;
const SECOND_ARGUMENT = 24;

/** Codes of classic BPF. */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff_0000;
const REFUSE = 0x0005_0000;
const KILL = 0x8000_0000;

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

/**
 * A seccomp filter, as the kernel takes it: classic BPF, 8 bytes an instruction. Undefined for architectures whose numbers are
 * not known here. A program that calls by the numbers of another architecture is ended.
 *
 * It is a list of what is refused. A list of what is allowed would end a program with the next version of Node or of a library that takes
 * another call for the same work.
 */
export function syscallFilter(architecture: string, options: FilterOptions): Buffer | undefined {
  const numbers = ownValue(ARCHITECTURES, architecture);
  return numbers && assembled(instructionsFor(numbers, options));
}

function instructionsFor(numbers: Numbers, { namespaces, families }: FilterOptions): Instruction[] {
  const refused = namespaces ? numbers.refused : [...numbers.namespaces, ...numbers.refused];
  return [
    [LOAD, 0, 0, ARCHITECTURE],
    [IF_EQUAL, 1, 0, numbers.audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER],
    ...(numbers.foreignFrom === undefined ? [] : answered(IF_AT_LEAST, numbers.foreignFrom, ENOSYS)),
    ...numbers.absent.flatMap((number) => answered(IF_EQUAL, number, ENOSYS)),
    ...refused.flatMap((number) => answered(IF_EQUAL, number, EPERM)),
    ...(namespaces ? [] : onCall(numbers.clone, FIRST_ARGUMENT, answered(IF_ANY_BIT, NEW_NAMESPACES, EPERM))),
    ...onCall(
      numbers.ioctl,
      SECOND_ARGUMENT,
      TERMINAL_INPUT.flatMap((request) => answered(IF_EQUAL, request, EPERM)),
    ),
    ...onCall(numbers.socket, FIRST_ARGUMENT, [
      ...families.flatMap((family) => when(IF_EQUAL, FAMILIES[family], ALLOW)),
      [RETURN, 0, 0, REFUSE | EAFNOSUPPORT],
    ]),
    [RETURN, 0, 0, ALLOW],
  ];
}

function answered(test: number, value: number, errno: number): Instruction[] {
  return when(test, value, REFUSE | errno);
}

function when(test: number, value: number, result: number): Instruction[] {
  return [
    [test, 0, 1, value],
    [RETURN, 0, 0, result],
  ];
}

/** Looks at an argument of one call; what is not decided then is allowed. */
function onCall(number: number, argument: number, tests: readonly Instruction[]): Instruction[] {
  const body: Instruction[] = [[LOAD, 0, 0, argument], ...tests, [RETURN, 0, 0, ALLOW]];
  return [[IF_EQUAL, 0, body.length, number], ...body];
}

function assembled(instructions: readonly Instruction[]): Buffer {
  const program = Buffer.alloc(instructions.length * 8);
  for (const [i, [code, whenTrue, whenFalse, value]] of instructions.entries()) {
    program.writeUInt16LE(code, i * 8);
    program.writeUInt8(whenTrue, i * 8 + 2);
    program.writeUInt8(whenFalse, i * 8 + 3);
    program.writeUInt32LE(value >>> 0, i * 8 + 4);
  }
  return program;
}
