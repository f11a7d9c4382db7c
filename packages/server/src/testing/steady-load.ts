import { Agent, request } from 'node:http';

/** What came of one request: `failed` says why there is no answer, when there is none. */
export type LoadAnswer = {
  status: number;
  /** As the headers name it. */
  version: string;
  body: string;
  milliseconds: number;
  failed?: string;
};

export type SteadyLoad = {
  /** Stops sending, waits for what is under way, and gives every answer in the order of sending. */
  stop(): Promise<LoadAnswer[]>;
};

/**
 * Sends the same POST again and again at a steady rate, over kept connections, whether or not earlier ones were
 * answered: an open load, as independent callers make it.
 */
export function steadyLoad(options: {
  url: string;
  token: string;
  body: string;
  requestsASecond: number;
}): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const answers: Promise<LoadAnswer>[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * options.requestsASecond;
    while (answers.length < due) answers.push(post(agent, options));
  }, 1);
  return {
    async stop() {
      clearInterval(timer);
      const all = await Promise.all(answers);
      agent.destroy();
      return all;
    },
  };
}

function post(agent: Agent, options: { url: string; token: string; body: string }): Promise<LoadAnswer> {
  const { url, token, body } = options;
  const sentAt = performance.now();
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          version: String(response.headers['x-slipway-model-version']),
          body: text,
          milliseconds: performance.now() - sentAt,
        }),
      );
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        status: 0,
        version: '',
        body: '',
        milliseconds: performance.now() - sentAt,
        failed: error.code ?? error.message,
      }),
    );
    sent.end(body);
  });
}
