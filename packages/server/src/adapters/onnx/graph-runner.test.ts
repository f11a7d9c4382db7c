import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ModelProcesses } from '../../stages/pack/index.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { graphRunner } from './graph-runner.ts';

it('a graph lies in a file of its own while its process reads it, and no other file is replaced or removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-graphs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await placeFiles(folder, [`graph-${process.pid}-0.onnx`, 'graph.onnx', 'mine.onnx']);
  const before = await filesOf(folder);
  const seen: string[] = [];
  const processes: ModelProcesses = {
    async start() {
      const others = Object.keys(await filesOf(folder)).filter((path) => !(path in before));
      seen.push(...others);
      throw new Error('the runtime does not take it');
    },
  };
  const limits = { memoryBytes: 1, loadTimeoutMs: 1, runTimeoutMs: 1 };
  const runner = graphRunner(processes, { folder, ...limits });
  for (let i = 0; i < 2; i++)
    await expect(runner.open(Buffer.from('graph'))).rejects.toThrow('the runtime does not take it');
  expect(new Set(seen).size).toBe(2);
  expect(await filesOf(folder)).toEqual(before);
});
