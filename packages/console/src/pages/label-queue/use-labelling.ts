import { isFailure, type LabelTask } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../session/index.ts';

export type Labelling = {
  /** The row in hand; null when none is left, undefined until that is known. */
  task: LabelTask | null | undefined;
  /** What happened to the last one, in words. */
  said: string;
  problem: unknown;
  answer: (value: string) => void;
  skip: () => void;
  takeBack: () => void;
};

/** The work at a queue: one row in hand, sent away as soon as it is answered. One call at a time. */
export function useLabelling(queue: string): Labelling {
  const { client } = useSession();
  const queries = useQueryClient();
  const calls = useMemo(() => callsOf(client, queue), [client, queue]);
  const [task, setTask] = useState<LabelTask | null | undefined>(undefined);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const isBusy = useRef(false);

  const run = useCallback(
    async (work: () => Promise<LabelTask | null>, words: string) => {
      if (isBusy.current) return;
      isBusy.current = true;
      try {
        setTask(await work());
        setSaid(words);
        setProblem(null);
      } catch (error) {
        setProblem(error);
        // The row went back to the queue meanwhile: go on with another.
        if (isFailure(error, 'label.lease-lost')) setTask(await calls.next().catch(() => undefined));
      } finally {
        isBusy.current = false;
        void queries.invalidateQueries({ queryKey: ['labelling.get'] });
      }
    },
    [calls, queries],
  );
  useEffect(() => void run(calls.next, ''), [run, calls]);

  const id = task?.id;
  const answer = useCallback(
    (value: string) => void (id && run(() => calls.answer(id, value), `Answered ${value}.`)),
    [run, calls, id],
  );
  const skip = useCallback(() => void (id && run(() => calls.skip(id), 'Skipped.')), [run, calls, id]);
  const takeBack = useCallback(
    () => void run(calls.takeBack, 'The last answer is taken back.'),
    [run, calls],
  );
  return { task, said, problem, answer, skip, takeBack };
}

/** The calls of one queue; each gives the row that is in hand afterwards. */
function callsOf(client: Client, queue: string) {
  const params = { queue };
  const next = async () => (await client.call['labelling.next']({ params })).task;
  return {
    next,
    async answer(task: string, value: string) {
      await client.call['labelling.submit']({ params: { queue, task }, body: { value } });
      return next();
    },
    async skip(task: string) {
      await client.call['labelling.skip']({ params: { queue, task }, body: {} });
      return next();
    },
    async takeBack() {
      return (await client.call['labelling.takeBack']({ params })).task ?? next();
    },
  };
}
