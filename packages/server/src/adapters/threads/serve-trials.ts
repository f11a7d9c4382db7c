import type { MessagePort } from 'node:worker_threads';
import { failureData, isFailure } from '@slipway/contract';
import { systemClock } from '../../kernel/index.ts';
import { featureView, LEARNERS, runTrial } from '../../stages/train/index.ts';
import type { AnswerMessage, HelpedMessage, HelpMessage, TaskMessage, ThreadData } from './messages.ts';

/** The thread's side: does each task that comes in through `port`, and helps where it is told to, one after the other. */
export function serveTrials(port: MessagePort, { data, folds, cancelled }: ThreadData): void {
  const isCancelled = () => Atomics.load(cancelled, 0) !== 0;
  const help = ({ help, teamMemory, features }: HelpMessage): HelpedMessage => {
    LEARNERS[help].help?.(features === undefined ? data : featureView(data, features), teamMemory);
    return { helped: true };
  };
  const fit = ({ id, task, teamMemory }: TaskMessage) =>
    answer(id, () => runTrial(data, folds, task, systemClock, isCancelled, teamMemory));
  port.on('message', (message: TaskMessage | HelpMessage) => {
    port.postMessage('help' in message ? help(message) : fit(message));
  });
}

function answer(id: number, run: () => ReturnType<typeof runTrial>): AnswerMessage {
  try {
    return { id, fit: run() };
  } catch (problem) {
    return isFailure(problem) ? { id, failure: failureData(problem) } : { id, problem };
  }
}
