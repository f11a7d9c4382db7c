import type { LearnerData } from './learners/index.ts';
import type { Texts } from './model.ts';

/**
 * The data with some of its features alone, in that order. Nothing is copied. A column of bins that several features share
 * is kept whole where one of them is.
 */
export function featureView(data: LearnerData, features: readonly number[]): LearnerData {
  const { binned } = data;
  const places = new Map(features.map((feature, place) => [feature, place]));
  const kept = binned.columns.flatMap((column, c) => {
    const own = column.features.flatMap((feature) => places.get(feature) ?? []);
    return own.length > 0 ? [{ c, column: { ...column, features: own } }] : [];
  });
  const columnPlaces = new Map(kept.map(({ c }, place) => [c, place]));
  return {
    ...data,
    ...(data.texts && { texts: textsAt(data.texts, places) }),
    features: {
      rows: data.features.rows,
      columns: features.map((feature) => data.features.columns[feature]!),
      levels: Int32Array.from(features, (feature) => data.features.levels[feature]!),
    },
    binned: {
      ...binned,
      features: features.map((feature) => {
        const one = binned.features[feature]!;
        return { ...one, column: columnPlaces.get(one.column) ?? -1 };
      }),
      columns: kept.map(({ column }) => column),
    },
  };
}

function textsAt({ terms, features }: Texts, places: ReadonlyMap<number, number>): Texts {
  return { terms, features: features.flatMap((feature) => places.get(feature) ?? []) };
}
