/** Sums over the rows of a node. */
export type NodeSums = { gradient: number; hessian: number; rows: number };

/** Shrinks the gradient sum toward zero by `l1`. */
function softThreshold(gradient: number, l1: number): number {
  if (l1 === 0) return gradient;
  const size = Math.abs(gradient) - l1;
  return size <= 0 ? 0 : Math.sign(gradient) * size;
}

/** How much a leaf with these sums lowers twice the second-order loss (Chen and Guestrin 2016, eq. 6, with L1). */
export function leafGain(gradient: number, hessian: number, l1: number, l2: number): number {
  const shrunk = softThreshold(gradient, l1);
  return (shrunk * shrunk) / (hessian + l2);
}

/** The score that minimises the second-order loss of a leaf. */
export function leafValue(gradient: number, hessian: number, l1: number, l2: number): number {
  const weight = hessian + l2;
  return weight <= 0 ? 0 : -softThreshold(gradient, l1) / weight;
}
