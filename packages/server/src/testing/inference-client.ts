import { type IncomingHttpHeaders, request } from 'node:http';
import type { RunningInference } from './running-inference.ts';

export type Reply = {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  json: () => Record<string, unknown>;
};

export type Call = { method?: string; headers?: Record<string, string>; body?: string | Buffer };

/** Calls of a running data plane by plain node:http, which sends what it is told: any Host, any method, a body with GET. */
export type InferenceClient = {
  call: (path: string, call?: Call) => Promise<Reply>;
  get: (path: string, headers?: Record<string, string>) => Promise<Reply>;
  /** A value as JSON. */
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
};

export function inferenceClient(running: () => RunningInference, token: string): InferenceClient {
  function call(path: string, { method = 'POST', headers = {}, body }: Call = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
      const url = new URL(path, running().dataPlane.url());
      const sent = request(url, { method, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode, headers: answered } = response;
          const text = bytes.toString();
          const json = () => JSON.parse(text) as Record<string, unknown>;
          resolve({ status: statusCode!, headers: answered, bytes, text, json });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  return {
    call,
    get: (path, headers = {}) => call(path, { method: 'GET', headers }),
    post: (path, body, headers = {}) => call(path, { body: JSON.stringify(body), headers }),
  };
}
