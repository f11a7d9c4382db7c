import type { OutboxEvent } from '../../metadata/index.ts';
import type { Handlers } from '../handler-types.ts';
import { pause } from '../pause.ts';
import type { App } from './app.ts';

const POLL_MS = 250;

export function eventHandlers(app: App): Pick<Handlers, 'events.list'> {
  const { outbox } = app.database.stores;
  return {
    'events.list': async ({ query: { after, limit, wait } }, { signal }) => {
      const until = performance.now() + wait * 1000;
      for (;;) {
        const events = (await outbox.list({ after, limit })).map(eventView);
        if (events.length > 0 || performance.now() >= until || signal.aborted) return { events };
        await pause(POLL_MS, signal);
      }
    },
  };
}

function eventView({ sequence, topic, subject, payload, createdAt }: OutboxEvent) {
  return { sequence, topic, subject, payload, at: createdAt };
}
