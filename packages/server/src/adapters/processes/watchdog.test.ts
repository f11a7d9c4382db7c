import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Activity } from './process-activity.ts';
import { activityOf } from './process-activity.ts';
import { type Watchdog, watchdog } from './watchdog.ts';

let asked: number;
let stuck: string[];
let activity: Activity;
let watched: Watchdog;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  asked = 0;
  stuck = [];
  activity = { isStopped: false, cpuMs: 0 };
  watched = watchdog(1, {
    ask: () => asked++,
    activity: () => activity,
    onStuck: (reason) => stuck.push(reason),
  });
});
afterEach(() => {
  watched.stop();
  vi.useRealTimers();
});

/** Seconds in which the thread of the process has a core for this share of the time. */
function pass(seconds: number, share = 0): void {
  for (let second = 0; second < seconds; second++) {
    activity = { ...activity, cpuMs: activity.cpuMs + 1000 * share };
    vi.advanceTimersByTime(1000);
  }
}

it('leaves a process alone that answers, however much it computes', () => {
  for (let i = 0; i < 100; i++) {
    pass(1, 1);
    watched.answered();
  }
  expect([stuck, asked]).toEqual([[], 100]);
});

it('replaces one that spins, within ten seconds', () => {
  pass(9, 1);
  expect(stuck).toEqual(['its main thread has computed for 7 s without answering']);
});

it('gives one that hardly has a core more time than one that spins', () => {
  for (let i = 0; i < 10; i++) {
    pass(30, 0.2);
    expect(stuck).toEqual([]);
    watched.answered();
  }
  pass(40, 0.2);
  expect(stuck).toEqual(['its main thread has computed for 7 s without answering']);
});

it('replaces one that is stopped, within ten seconds', () => {
  activity.isStopped = true;
  pass(5);
  expect(stuck).toEqual(['it is stopped (SIGSTOP)']);
});

it('replaces one that is silent for a minute, once', () => {
  pass(61);
  expect(stuck).toEqual(['it has not answered for 60 s']);
  pass(200);
  expect(stuck).toHaveLength(1);
});

it('knows what this process does, and nothing of one that there is not', () => {
  if (process.platform !== 'linux') return;
  expect(activityOf(process.pid)).toMatchObject({ isStopped: false });
  expect(activityOf(process.pid)!.cpuMs).toBeGreaterThan(0);
  expect(activityOf(2 ** 30)).toBeUndefined();
});
