/** What the instrumented code counts with. Loaded before any of it runs. */
export type Hits = {
  /** Whether what ran since the last call ran places for the first time, or another magnitude of times. */
  isNew(): boolean;
  /** Places that ran so far. */
  reached(): number;
};

/** Most numbers of times that are one magnitude: once, twice, three times, up to 7, 15, 31, 127 and more. */
const MAGNITUDES = [1, 2, 3, 7, 15, 31, 127];
const MAGNITUDE = Uint8Array.from({ length: 256 }, (_, times) => {
  const found = MAGNITUDES.findIndex((most) => times <= most);
  return 1 << (found < 0 ? MAGNITUDES.length : found);
});

/** Makes the global function that stands at the places; they are forgotten when it is made anew. */
export function countHits(places: number): Hits {
  const times = new Uint8Array(places);
  const seen = new Uint8Array(places);
  const touched: number[] = [];
  let reached = 0;
  Object.assign(globalThis, {
    __hit(place: number) {
      if (times[place]!++ === 0) touched.push(place);
    },
  });
  return {
    isNew() {
      let isNew = false;
      for (const place of touched) {
        // A count that went round is many times.
        const magnitude = MAGNITUDE[times[place]! === 0 ? 255 : times[place]!]!;
        times[place] = 0;
        if ((seen[place]! & magnitude) !== 0) continue;
        if (seen[place] === 0) reached++;
        seen[place]! |= magnitude;
        isNew = true;
      }
      touched.length = 0;
      return isNew;
    },
    reached: () => reached,
  };
}
