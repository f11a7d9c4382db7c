import type { LiveTable } from './apply-table.ts';
import type { Action, Dialect } from './dialects/dialect.ts';

/** An action at a path, with the endpoint and the version that the path names. */
export type BoundAction = Action & {
  dialect: Dialect;
  /** Of actions that need one of the endpoint's tokens: its name. */
  endpoint?: string;
  version?: number;
};

/** Every path there is. One look-up finds the action of a request, however many endpoints there are. */
export type Paths = ReadonlyMap<string, BoundAction>;

/** The paths of all dialects for the endpoints of `live`. */
export function pathsOf(live: LiveTable, dialects: readonly Dialect[]): Paths {
  const paths = new Map<string, BoundAction>();
  for (const dialect of dialects) {
    for (const action of dialect.actions) {
      for (const [path, bound] of bindings(action, live)) paths.set(path, { ...action, ...bound, dialect });
    }
  }
  return paths;
}

type Binding = Pick<BoundAction, 'endpoint' | 'version'>;

function* bindings({ path }: Action, live: LiveTable): Generator<[string, Binding]> {
  if (!path.includes('{name}')) {
    yield [path, {}];
    return;
  }
  for (const [endpoint, { serving }] of live) {
    const named = plainPath(path.replace('{name}', encodeURIComponent(endpoint)));
    if (!path.includes('{version}')) yield [named, { endpoint }];
    else
      for (const { route } of serving?.routes ?? []) {
        const version = route.modelVersion;
        yield [named.replace('{version}', String(version)), { endpoint, version }];
      }
  }
}

/** The path of a URL as {@link pathsOf} writes it: without query, without a slash at the end, and nothing encoded that need not be. */
export function plainPath(url: string): string {
  const path = url.split('?', 1)[0]!;
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.includes('%') ? bare.replaceAll(/%[0-9a-f]{2}/gi, plainCharacter) : bare;
}

/** What RFC 3986 lets stand for itself in a segment of a path; clients encode the colon of `:predict`. */
const PLAIN = /^[\w.~!$&'()*+,;=:@-]$/;

function plainCharacter(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return PLAIN.test(character) ? character : encoded.toUpperCase();
}

/** The name of the endpoint that a path would be about if there were one of that name. */
export function endpointInPath(path: string): string | undefined {
  return /^\/(?:endpoints|v[12]\/models|v2\/repository\/models)\/([^/:]{1,63})(?:[/:]|$)/.exec(path)?.[1];
}

/** The version that a path names. */
export function versionInPath(path: string): string | undefined {
  return /^\/v2\/models\/[^/]+\/versions\/([^/]{1,20})(?:\/|$)/.exec(path)?.[1];
}
