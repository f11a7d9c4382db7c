/** How much longer than the best round the patience grows, as AutoGluon's: slow learning deserves longer waiting. */
const PATIENCE_GROWTH = 0.3;

export type EarlyStopping = { observe(round: number, loss: number): { improved: boolean; stop: boolean } };

/** Says stop when the loss has not improved for `patience` rounds and three tenths of the best round. */
export function earlyStopping(patience: number): EarlyStopping {
  let bestRound = 0;
  let lowest = Number.POSITIVE_INFINITY;
  return {
    observe(round, loss) {
      const improved = loss < lowest;
      if (improved) {
        lowest = loss;
        bestRound = round;
      }
      return { improved, stop: round - bestRound > patience + PATIENCE_GROWTH * bestRound };
    },
  };
}
