import type { MessagePort } from 'node:worker_threads';
import { runTrial } from '../../journey/train/index.ts';
import { systemClock } from '../../kernel/index.ts';
import type { AnswerMessage, TaskMessage, ThreadData } from './messages.ts';

/** The thread's side: answers each task that comes in through `port`, one after the other. */
export function serveTrials(port: MessagePort, { data, folds, cancelled }: ThreadData): void {
  const isCancelled = () => Atomics.load(cancelled, 0) !== 0;
  port.on('message', ({ id, task }: TaskMessage) => {
    port.postMessage(answer(id, () => runTrial(data, folds, task, systemClock, isCancelled)));
  });
}

function answer(id: number, run: () => ReturnType<typeof runTrial>): AnswerMessage {
  try {
    return { id, fit: run() };
  } catch (problem) {
    return { id, problem };
  }
}
