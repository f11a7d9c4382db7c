import { hash as hashOnce } from 'node:crypto';
import { fail } from '@slipway/contract';
import type { LiveEndpoint } from './live-endpoint.ts';

/** Who calls. */
export type Caller = {
  /** SHA-256 of the token, lower-case hex; empty where everyone may call. */
  tokenHash: string;
  /** Whether it is the platform that tries the endpoint out. */
  isProbe: boolean;
};

const EVERYONE: Caller = { tokenHash: '', isProbe: false };

/**
 * Lets the bearer of one of the endpoint's tokens pass. Throws `access.unauthenticated` for a token of no endpoint
 * and `access.forbidden` for one of another endpoint. Compares hashes in constant time.
 */
export function checkToken(
  endpoint: LiveEndpoint,
  authorization: string | undefined,
  all: Iterable<LiveEndpoint>,
): Caller {
  if (endpoint.tokens === 'open') return EVERYONE;
  const tokenHash = hashOfBearer(authorization);
  if (opens(endpoint, tokenHash)) return { tokenHash, isProbe: false };
  if (isProbeOf(endpoint, tokenHash)) return { tokenHash, isProbe: true };
  for (const other of all) {
    if (other.tokens !== 'open' && opens(other, tokenHash)) {
      throw fail('access.forbidden', { permission: `call endpoint ${endpoint.name}` });
    }
  }
  throw fail('access.unauthenticated');
}

/** Throws `access.unauthenticated` unless the token opens some endpoint: only such a caller learns which names there are not. */
export function checkAnyToken(authorization: string | undefined, all: Iterable<LiveEndpoint>): void {
  let anyClosed = false;
  for (const endpoint of all) {
    if (endpoint.tokens === 'open') continue;
    anyClosed = true;
    if (opens(endpoint, hashOfBearer(authorization))) return;
  }
  if (anyClosed) throw fail('access.unauthenticated');
}

/**
 * Throws `access.unauthenticated` unless the token opens some endpoint, or some endpoint needs none: what a caller must have before
 * it is known which endpoint it calls.
 */
export function checkSomeToken(authorization: string | undefined, all: Iterable<LiveEndpoint>): void {
  const endpoints = [...all];
  if (endpoints.length === 0 || endpoints.some(({ tokens }) => tokens === 'open')) return;
  const tokenHash = hashOfBearer(authorization);
  if (!endpoints.some((endpoint) => opens(endpoint, tokenHash) || isProbeOf(endpoint, tokenHash)))
    throw fail('access.unauthenticated');
}

/** The endpoints that the caller may call. Throws `access.unauthenticated` where none is open and there is no token. */
export function endpointsOpenTo(
  authorization: string | undefined,
  all: Iterable<LiveEndpoint>,
): LiveEndpoint[] {
  const endpoints = [...all];
  if (endpoints.every((endpoint) => endpoint.tokens === 'open')) return endpoints;
  const tokenHash = hashOfBearer(authorization);
  return endpoints.filter((endpoint) => opens(endpoint, tokenHash) || isProbeOf(endpoint, tokenHash));
}

function isProbeOf(endpoint: LiveEndpoint, tokenHash: string): boolean {
  return endpoint.probeToken !== undefined && isSame(endpoint.probeToken, tokenHash);
}

function opens(endpoint: LiveEndpoint, tokenHash: string): boolean {
  if (endpoint.tokens === 'open') return true;
  let found = false;
  for (const token of endpoint.tokens) if (isSame(token, tokenHash)) found = true;
  return found;
}

/** Compares in a time that depends on the lengths alone. */
function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** Hashes of the last headers, right and wrong ones alike: hashing anew takes a thirtieth of a request's time. */
const hashes = new Map<string, string>();
const MOST_HASHES = 256;
/** Longer headers are no tokens of ours, and would fill the memory. */
const LONGEST_HEADER = 200;

function hashOfBearer(authorization: string | undefined): string {
  if (authorization === undefined) throw fail('access.unauthenticated');
  const known = hashes.get(authorization);
  if (known !== undefined) return known;
  if (!/^bearer /i.test(authorization)) throw fail('access.unauthenticated');
  const found = hashOnce('sha256', authorization.slice(7).trim(), 'hex');
  if (authorization.length <= LONGEST_HEADER) {
    if (hashes.size >= MOST_HASHES) hashes.clear();
    hashes.set(authorization, found);
  }
  return found;
}
