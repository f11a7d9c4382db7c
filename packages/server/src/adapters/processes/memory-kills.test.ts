import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryKills, watchMemoryKills } from './memory-kills.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-groups-'));
});
afterEach(() => rm(root, { recursive: true }));

async function file(path: string, text: string): Promise<string> {
  const whole = join(root, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, text);
  return whole;
}

const kills = (membership: string) => memoryKills({ root, membership, wholeMachine: join(root, 'vmstat') });

describe('processes that the kernel ended for memory', () => {
  it('are counted by the own group and the one above (version 2)', async () => {
    const membership = await file('membership', '0::/service/main\n');
    await file('service/main/memory.events', 'low 0\noom 3\noom_kill 2\noom_group_kill 0\n');
    expect(kills(membership)).toBe(2);
    await file('service/memory.events', 'oom_kill 5\n');
    expect(kills(membership)).toBe(7);
  });

  it('are counted by the own group (version 1), also where a container sees it as the root', async () => {
    const membership = await file('membership', '5:cpu:/\n4:memory:/docker/abc\n0::/\n');
    await file('memory/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 4\n');
    expect(kills(membership)).toBe(4);
  });

  it('are those of the whole machine without control groups, and unknown where nothing counts', async () => {
    const membership = await file('membership', '0::/\n');
    expect(kills(membership)).toBeUndefined();
    await file('vmstat', 'nr_free_pages 1\noom_kill 9\n');
    expect(kills(membership)).toBe(9);
  });
});

describe('the watch over them', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells of one that has just come, and not of one that is long past', () => {
    let count = 3;
    const told: number[] = [];
    const watch = watchMemoryKills(
      (now) => told.push(now),
      () => count,
    );
    expect(watch.isRecent()).toBe(false);
    count = 4;
    expect(watch.isRecent()).toBe(true);
    vi.advanceTimersByTime(2_500);
    expect(watch.isRecent()).toBe(true);
    vi.advanceTimersByTime(2_500);
    expect(watch.isRecent()).toBe(false);
    expect(told).toEqual([3, 4]);
    watch.end();
  });
});
