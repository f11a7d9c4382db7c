import type { Endpoint } from '@slipway/contract';

type Revision = Endpoint['revisions'][number];

/** What a rollback puts back: the newest earlier revision with another version; null when there is none. */
export function formerRevision(
  endpoint: Pick<Endpoint, 'revisions' | 'revision' | 'version'>,
): Revision | null {
  const earlier = endpoint.revisions
    .filter((each) => each.revision < endpoint.revision)
    .toSorted((a, b) => b.revision - a.revision);
  return earlier.find((each) => each.version !== endpoint.version) ?? null;
}
