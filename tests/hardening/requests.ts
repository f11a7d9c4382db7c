import { connect } from 'node:net';
import { problemSchema } from '@slipway/contract';
import { expect } from 'vitest';

export type Answer = { status: number; headers: Headers; text: string; json: unknown };

export type Asked = {
  method?: string;
  token?: string | undefined;
  /** Sent as it is; anything but text and bytes as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** One request with fetch. */
export async function ask(
  url: string,
  { method = 'GET', token, body, headers = {} }: Asked = {},
): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: (isRaw ? body : JSON.stringify(body)) as RequestInit['body'] }),
  });
  return answerOf(response.status, response.headers, await response.text());
}

/**
 * One request written byte by byte, so that nothing tidies the target or the headers first (`curl --path-as-is`).
 * The first line and the headers are given as they go over the wire; `host` is added unless one is given.
 */
export function askRaw(
  url: string,
  target: string,
  { method = 'GET', token, headers = {}, body }: Asked & { body?: string } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const lines = { host, connection: 'close', ...headers };
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...Object.entries(lines).map(([name, value]) => `${name}: ${value}`),
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : framing(body, headers)),
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
      socket.write(body ?? '');
    });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('utf8'))));
  });
}

/** The length, unless the headers given frame the body themselves. */
function framing(body: string, headers: Record<string, string>): string[] {
  if ('transfer-encoding' in headers) return ['content-type: application/json'];
  return ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`];
}

function readAnswer(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines)
    headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
  const body = rest.join('\r\n\r\n');
  const whole = headers.get('transfer-encoding') === 'chunked' ? unchunked(body) : body;
  return answerOf(Number(status.split(' ')[1]), headers, whole);
}

function unchunked(body: string): string {
  const end = body.indexOf('\r\n');
  const length = Number.parseInt(body.slice(0, end), 16);
  if (!(length > 0)) return '';
  return body.slice(end + 2, end + 2 + length) + unchunked(body.slice(end + 4 + length));
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  return {
    status,
    headers,
    text,
    json: headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
  };
}

/** Holds the answer to be problem+json as the contract says, with this status and code. */
export function expectProblem(answer: Answer, status: number, code: string, path?: string): void {
  const told = `${answer.status} ${answer.text.slice(0, 300)}`;
  expect(answer.headers.get('content-type'), told).toContain('application/problem+json');
  const problem = problemSchema.parse(answer.json);
  expect({ status: answer.status, code: problem.code }, told).toEqual({ status, code });
  expect(problem.status).toBe(status);
  expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
  expect(problem.detail, told).not.toMatch(/\{\w+\}/);
  if (path !== undefined) expect(problem.path, told).toBe(path);
}
