import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Pages of 64 KiB that 32 bits can address: memory grows up to there as it is asked for. */
const MOST_PAGES = 65_536;

/** Shared memory, because it alone can grow without every view of it becoming void. */
const FLAGS = [
  ['-O3', '--noAssert', '--runtime', 'stub'],
  ['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
  ['--importMemory', '--sharedMemory', '--noExportMemory', '--maximumMemory', String(MOST_PAGES)],
].flat();

/**
 * Compiles an AssemblyScript file to a WebAssembly module.
 *
 * @param {string} root of the repository
 * @param {string} source path of the file, relative to the root
 * @returns {Buffer} the module
 */
export function compileKernels(root, source) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-kernels-'));
  const outFile = join(folder, 'kernels.wasm');
  try {
    execFileSync(
      process.execPath,
      [join(root, 'node_modules/assemblyscript/bin/asc.js'), source, ...FLAGS, '--outFile', outFile],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
