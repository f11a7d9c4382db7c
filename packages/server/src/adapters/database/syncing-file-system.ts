import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenStream = { nfd?: number; node: unknown };
type EmscriptenNodeFs = {
  realPath(node: unknown): string;
  stream_ops: { fsync?: (stream: EmscriptenStream) => number };
};
type EmscriptenOptions = Awaited<ReturnType<NodeFS['init']>>['emscriptenOpts'];

/** EIO in Emscripten's numbering (WASI errno). */
const EIO = 29;

/**
 * PGlite's file system on Node with a real fsync: the one it ships has none, so a commit would not reach the disk.
 * PostgreSQL never retries a failed fsync, which it must be told about: it stops, and recovers from its log.
 */
export class SyncingFileSystem extends NodeFS {
  /** How many times PostgreSQL asked for a sync. */
  syncs = 0;

  override async init(
    pg: PGlite,
    options: EmscriptenOptions,
  ): Promise<{ emscriptenOpts: EmscriptenOptions }> {
    const { emscriptenOpts } = await super.init(pg, options);
    const hook = (module: unknown) => {
      const { NODEFS } = module as { NODEFS: EmscriptenNodeFs };
      NODEFS.stream_ops.fsync = (stream) => this.#sync(NODEFS, stream);
    };
    emscriptenOpts.preRun = [...(emscriptenOpts.preRun ?? []), hook];
    return { emscriptenOpts };
  }

  #sync(nodeFs: EmscriptenNodeFs, stream: EmscriptenStream): number {
    this.syncs += 1;
    try {
      if (stream.nfd === undefined) syncFolder(nodeFs.realPath(stream.node));
      else fsyncSync(stream.nfd);
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
