/** How much longer than the best round the patience grows, after AutoGluon's: slow learning deserves longer waiting. */
const PATIENCE_GROWTH = 0.2;

/** An improvement counts against the patience when it is at least this share of the lowest loss… */
const SHARE_OF_LOWEST = 3e-4;
/** …and of the first, since a loss that falls to nothing would improve for ever. */
const SHARE_OF_FIRST = 1e-5;

export type EarlyStopping = { observe(round: number, loss: number): { improved: boolean; stop: boolean } };

/**
 * Says `improved` at every new lowest loss, and `stop` when it has not become notably lower for `patience` rounds and a
 * share of the best round.
 */
export function earlyStopping(patience: number): EarlyStopping {
  let first: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  let notable = { round: 0, loss: Number.POSITIVE_INFINITY };
  return {
    observe(round, loss) {
      first ??= loss;
      const improved = loss < lowest;
      if (improved) lowest = loss;
      if (loss < notable.loss * (1 - SHARE_OF_LOWEST) - first * SHARE_OF_FIRST || notable.round === 0) {
        notable = { round, loss };
      }
      return { improved, stop: round - notable.round > patience + PATIENCE_GROWTH * notable.round };
    },
  };
}
