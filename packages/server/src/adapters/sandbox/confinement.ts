/** What a program may see and do of the machine, beside computing. */
export type Confinement = {
  /** Files and folders that it may read. */
  reads: readonly string[];
  /** Folders that it may write to. */
  writes: readonly string[];
  /** A folder with sockets that it may connect to; see {@link SOCKET_FOLDER}. */
  socketFolder?: string;
  /** Whether it may confine programs of its own, for which it must make namespaces. */
  confines: boolean;
  /** Whether it may use graphics processors. */
  devices: boolean;
  /** Whether it runs as a user of its own where it is started by root. Files of root are then out of reach. */
  ownUser: boolean;
  limits: ProcessLimits;
};

export type ProcessLimits = {
  /** Open files at most. */
  openFiles: number;
  /** Processes and threads at most, of the program and all that it starts, where the machine can limit them. */
  processes: number;
  /** Whether it may write files at all. */
  writesFiles: boolean;
  /** By how much lower its priority is. */
  niceness?: number;
  /** By how much sooner the kernel ends it than others where memory is used up: 0 to 1000, thousandths of the memory (`oom_score_adj`). Linux only. */
  oomScoreAdjust?: number;
};
