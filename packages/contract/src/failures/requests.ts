import { catalogue } from './catalogue.ts';

/** Requests, access and keys. */
export const REQUESTS_FAILURES = catalogue({
  'request.invalid': {
    kind: 'invalid',
    says: 'The request is not valid: {reason}.',
    hint: 'Correct the field named in `path` and send it again.',
  },
  'request.bad-json': {
    kind: 'invalid',
    says: 'The body is not valid JSON: {reason}.',
    hint: 'Send one JSON document, UTF-8 encoded.',
  },
  'request.too-large': {
    kind: 'too-large',
    says: 'The body is larger than the limit of {limitBytes} bytes.',
    hint: 'Send fewer rows at a time, or upload a file instead.',
  },
  'request.too-slow': {
    kind: 'invalid',
    says: 'The body did not arrive in time: {seconds} s were spent waiting for it.',
    hint: 'Send it over a faster connection, or raise `http.bodyTimeoutMs` or lower `http.minUploadBytesPerSecond`.',
  },
  'request.rate-limited': {
    kind: 'busy',
    says: 'This key may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or raise `http.rateLimitPerSecond`.',
  },
  'request.too-many-at-once': {
    kind: 'busy',
    says: 'This key has {limit} {what} under way, as many as it may have.',
    hint: 'Wait until one of them ends, or raise `{setting}`.',
  },
  'access.locked-out': {
    kind: 'busy',
    says: 'Too many wrong keys came from this address; further keys are refused for {retryAfterSeconds} s.',
    hint: 'Wait as many seconds as Retry-After says. Keys that were accepted since the server started are not affected.',
  },
  'request.too-complex': {
    kind: 'too-large',
    says: 'The body holds more than {limit} {what}.',
    hint: 'Send less at a time, or upload a file instead.',
  },
  'request.bad-encoding': {
    kind: 'invalid',
    says: 'The body is not what its Content-Encoding says.',
    hint: 'Compress the whole body with gzip or zlib (deflate), or send it as it is.',
  },
  'request.unsupported-media': {
    kind: 'unsupported',
    says: 'The content type {contentType} is not accepted here.',
    hint: 'Send application/json, or application/octet-stream for uploads.',
  },
  'route.missing': {
    kind: 'missing',
    says: 'There is no {method} {path}.',
    hint: 'See /api/openapi.json for every operation.',
  },
  'access.unauthenticated': {
    kind: 'unauthenticated',
    says: 'This call needs a valid key.',
    hint: 'Send `Authorization: Bearer <key>`: to the platform an API key (the owner key lies in its data folder), to an endpoint one of its tokens.',
  },
  'access.forbidden': {
    kind: 'forbidden',
    says: 'This key may not {permission}.',
    hint: 'Ask an owner for a key with that permission.',
  },
  'access.foreign-host': {
    kind: 'forbidden',
    says: 'The Host header {host} is not one this server answers to.',
    hint: 'Call the address that `slipway up` printed, or add the name to `http.allowedHosts`.',
  },
  'audit.anchor-unreadable': {
    kind: 'conflict',
    says: 'The anchor of the audit log, {file}, is damaged.',
    hint: 'Restore the file from a backup, or remove it and run `slipway audit verify --anchor` with an entry that you kept elsewhere.',
  },
  'key.missing': { kind: 'missing', says: 'There is no key {id}.', hint: 'List the keys to see their ids.' },
  'key.last': {
    kind: 'conflict',
    says: 'The key {id} is the last one that may make keys; without it no more keys could be made.',
    hint: 'Make another key with the role owner or admin first: `slipway keys add NAME --role owner`.',
  },
  'token.missing': {
    kind: 'missing',
    says: 'There is no token {id}.',
    hint: 'List the tokens of the endpoint to see their ids.',
  },
  'operation.not-yet': {
    kind: 'not-yet',
    says: '{what} is not built yet.',
    hint: 'See the CHANGELOG for what works today.',
  },
  internal: {
    kind: 'internal',
    says: 'Something failed inside Slipway.',
    hint: 'The log has the cause under this request id.',
  },
});
