import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenStream = { nfd?: number; node: unknown };
type EmscriptenNodeFs = {
  realPath(node: unknown): string;
  stream_ops: { fsync?: (stream: EmscriptenStream) => number };
};
type EmscriptenModule = { NODEFS: EmscriptenNodeFs; FS: { quit(): void } };
type EmscriptenOptions = Awaited<ReturnType<NodeFS['init']>>['emscriptenOpts'];

/** EIO in Emscripten's numbering (WASI errno). */
const EIO = 29;

/**
 * PGlite's file system on Node with a real fsync: the one it ships has none, so a commit would not reach the disk.
 * PostgreSQL never retries a failed fsync, which it must be told about: it stops, and recovers from its log.
 */
export class SyncingFileSystem extends NodeFS {
  readonly #fsync: (descriptor: number) => void;
  #module: EmscriptenModule | undefined;

  /** `fsync` puts a file or folder on the disk; tests count its calls, and let it fail. */
  constructor(folder: string, fsync: (descriptor: number) => void = fsyncSync) {
    super(folder);
    this.#fsync = fsync;
  }

  override async init(
    pg: PGlite,
    options: EmscriptenOptions,
  ): Promise<{ emscriptenOpts: EmscriptenOptions }> {
    const { emscriptenOpts } = await super.init(pg, options);
    const hook = (module: unknown) => {
      this.#module = module as EmscriptenModule;
      const { NODEFS } = this.#module;
      NODEFS.stream_ops.fsync = (stream) => this.#sync(NODEFS, stream);
    };
    emscriptenOpts.preRun = [...(emscriptenOpts.preRun ?? []), hook];
    return { emscriptenOpts };
  }

  /** Closes what the engine has open, for one that died. */
  abandon(): void {
    try {
      this.#module?.FS.quit();
    } catch {
      // It died in the middle of something: what is open then is the operating system's to close.
    }
  }

  #sync(nodeFs: EmscriptenNodeFs, stream: EmscriptenStream): number {
    try {
      if (stream.nfd === undefined) syncFolder(nodeFs.realPath(stream.node));
      else this.#fsync(stream.nfd);
      return 0;
    } catch {
      return EIO;
    }
  }
}

/** Emscripten opens no descriptor for a folder. */
function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
