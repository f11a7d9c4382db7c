import type { Journey } from '@slipway/contract';

/** A model's journeys: the latest, and those before it, newest first. */
export type JourneyGroup = { name: string; latest: Journey; earlier: Journey[] };

/** Journeys by the name of their model, those that ran last first. */
export function groupJourneys(journeys: readonly Journey[]): JourneyGroup[] {
  const newestFirst = journeys.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const groups = new Map<string, JourneyGroup>();
  for (const journey of newestFirst) {
    const group = groups.get(journey.name);
    if (group === undefined) groups.set(journey.name, { name: journey.name, latest: journey, earlier: [] });
    else group.earlier.push(journey);
  }
  return [...groups.values()];
}
