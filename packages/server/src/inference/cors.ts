import type { IncomingMessage } from 'node:http';
import type { Setting } from '../kernel/index.ts';
import { headerNamed, PREDICTION_ID_HEADER } from './request-headers.ts';

/** Which pages of other origins may read answers; none by default. */
export const corsOriginsSetting: Setting<string> = {
  default: '',
  says: 'Origins whose pages may call endpoints from a browser, such as https://app.example.com, separated by commas; * for any, empty for none.',
  read(raw) {
    const origins = typeof raw === 'string' ? originsOf(raw) : undefined;
    if (origins === undefined || !origins.every((origin) => origin === '*' || isOrigin(origin)))
      throw new Error('origins such as https://app.example.com, separated by commas, without a path; or *');
    return origins.join(',');
  },
};

function originsOf(setting: string): string[] {
  return setting
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

/** Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol) by the setting. */
export type Cors = {
  /** Headers of any answer to the request: undefined where its origin is not allowed, or it has none. */
  headersOf(request: IncomingMessage): readonly string[] | undefined;
  /** Further headers of the answer to a preflight, which a browser sends without the token; undefined for other requests. */
  preflightOf(request: IncomingMessage): readonly string[] | undefined;
};

const EXPOSED = [
  ...['x-request-id', 'x-slipway-model', 'x-slipway-model-version', 'inference-header-content-length'],
  ...['retry-after', 'traceresponse'],
];
const TAKEN = [
  ...['authorization', 'content-type', 'content-encoding', 'x-request-id', 'x-slipway-endpoint'],
  ...[PREDICTION_ID_HEADER, 'inference-header-content-length', 'traceparent'],
];

/** Headers that a preflight asks for beyond {@link TAKEN}, such as the sticky one of an endpoint: letters, digits and hyphens alone. */
const MOST_ASKED = 20;

function preflight(asked = ''): readonly string[] {
  const others = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]{1,64}$/.test(name) && !TAKEN.includes(name));
  return [
    ...['access-control-allow-methods', 'GET, POST'],
    ...['access-control-allow-headers', [...TAKEN, ...others.slice(0, MOST_ASKED)].join(', ')],
    ...['access-control-max-age', '600'],
  ];
}

/** Undefined where no origin is allowed. Tokens travel in a header of their own, so no credentials of the browser are. */
export function corsOf(setting: string): Cors | undefined {
  const origins = new Set(originsOf(setting));
  if (origins.size === 0) return undefined;
  const isAllowed = (origin: string) => origins.has('*') || origins.has(origin);
  return {
    headersOf({ rawHeaders }) {
      const origin = headerNamed(rawHeaders, 'origin');
      if (origin === undefined || !isAllowed(origin)) return undefined;
      return [
        ...['access-control-allow-origin', origins.has('*') ? '*' : origin],
        ...['access-control-expose-headers', EXPOSED.join(', ')],
        ...['vary', 'origin'],
      ];
    },
    preflightOf({ method, rawHeaders }) {
      const origin = headerNamed(rawHeaders, 'origin');
      const isPreflight =
        method === 'OPTIONS' && headerNamed(rawHeaders, 'access-control-request-method') !== undefined;
      if (!isPreflight || origin === undefined || !isAllowed(origin)) return undefined;
      return preflight(headerNamed(rawHeaders, 'access-control-request-headers'));
    },
  };
}
