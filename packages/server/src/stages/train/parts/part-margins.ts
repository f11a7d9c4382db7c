import type { Link, Part } from '../model.ts';
import { forestMeans } from './forest-means.ts';
import { marginsOfMeans } from './margins-of-means.ts';
import { neighbourMeans } from './neighbour-means.ts';
import { networkMargins } from './network-margins.ts';

type Kind = Part['kind'];
type Of<K extends Kind> = Extract<Part, { kind: K }>;

/** The margins of one row before the part's weight, into `out`; `x` has the features of the part's list. */
const MARGINS: { [K in Kind]: (part: Of<K>, link: Link, x: Float32Array, out: Float64Array) => void } = {
  forest(part, link, x, out) {
    forestMeans(part, x, out);
    marginsOfMeans(link, part.floor, out, 0, out.length);
  },
  neighbours(part, link, x, out) {
    neighbourMeans(part, x, out);
    marginsOfMeans(link, part.floor, out, 0, out.length);
  },
  network: (part, _, x, out) => networkMargins(part, x, out),
};

/** A part as a function from a row of its own features to its margins, not yet weighted. */
export function partMargins(part: Part, link: Link): (x: Float32Array, out: Float64Array) => void {
  const margins = MARGINS[part.kind] as (part: Part, link: Link, x: Float32Array, out: Float64Array) => void;
  return (x, out) => margins(part, link, x, out);
}
