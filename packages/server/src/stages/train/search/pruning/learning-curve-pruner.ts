/** The validation curve that a fit is held against, on the same fold and in the same unit. */
export type CurveReference = {
  curve: readonly number[];
  /** Its learning rate: curves of different rates are compared where as much has been learned. */
  rate: number;
};

/** Rounds times learning rate before which nothing is said: every curve starts badly. */
const EARLIEST = 3;

/** A candidate may be this much farther from the reference's best than the reference was at the same point. */
const GAP_FACTOR = 3;

/** Share of all that the reference learned which a candidate may always be behind. */
const TOLERANCE = 0.08;

/**
 * Whether a curve is so far behind the reference, where as much has been learned, that it will not come near it: the
 * vizier's curve stopping (Golovin et al. 2017) with one reference instead of a median, since trials are few.
 */
export function isPrunedAgainst(
  reference: CurveReference,
  rate: number,
): (curve: readonly number[]) => boolean {
  const lowest = Math.min(...reference.curve);
  const learned = reference.curve[0]! - lowest;
  return (curve) => {
    const progress = curve.length * rate;
    if (progress < EARLIEST || !(learned > 0)) return false;
    const at = Math.min(reference.curve.length, Math.max(1, Math.round(progress / reference.rate))) - 1;
    const allowed = Math.max(GAP_FACTOR * (reference.curve[at]! - lowest), TOLERANCE * learned);
    return curve[curve.length - 1]! > lowest + allowed;
  };
}
