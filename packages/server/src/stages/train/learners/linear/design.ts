import type { FeatureMatrix, TextTerms } from '../../../prepare/index.ts';
import type { LearnerData } from '../learner.ts';

/**
 * A feature as columns of a linear model. Numeric: its standardised value (0 where missing) with coefficient 0, and a
 * missing indicator with coefficient 1. Category: an indicator for each code, and for missing after them.
 */
export type DesignBlock = { feature: number; first: number } & (
  | { kind: 'number'; center: number; scale: number; width: 2 }
  | { kind: 'category'; levels: number; width: number }
);

/** The terms of a text as columns: their values times {@link TERM_SCALE}. */
export type TermsBlock = { text: number; first: number; width: number };

/**
 * Terms are penalised less than standardised features beside them by the square of this: a text has few terms, and its values
 * have the length one where so many standardised features would have a length of their number's root.
 */
export const TERM_SCALE = 4;

/** The columns of a linear model. Column 0 of its coefficients is the intercept. */
export type Design = { width: number; blocks: DesignBlock[]; texts: TermsBlock[] };

/**
 * Learns centres and scales from `rows`. Features that never vary there are left out, and those of texts where the terms are in:
 * topics sum these up, and a length is soon so far from those of training that it would drown what the words say.
 */
export function designOf(
  { features, texts }: Pick<LearnerData, 'features' | 'texts'>,
  rows: Int32Array,
): Design {
  const summedUp = new Set(texts !== undefined && texts.terms.length > 0 ? texts.features : []);
  const blocks: DesignBlock[] = [];
  let width = 1;
  features.columns.forEach((column, feature) => {
    if (summedUp.has(feature)) return;
    const block = blockOf(feature, column, features.levels[feature]!, rows, width);
    if (!block) return;
    blocks.push(block);
    width += block.width;
  });
  const terms = (texts?.terms ?? []).map(({ vocabulary }, text): TermsBlock => {
    const first = width;
    width += vocabulary.idf.length;
    return { text, first, width: vocabulary.idf.length };
  });
  return { blocks, texts: terms, width };
}

function blockOf(
  feature: number,
  column: Float32Array,
  levels: number,
  rows: Int32Array,
  first: number,
): DesignBlock | null {
  if (levels > 0) return { kind: 'category', feature, first, levels, width: levels + 1 };
  const { center, scale, missing } = momentsOf(column, rows);
  if (scale === 0 && missing === 0) return null;
  return { kind: 'number', feature, first, center, scale: scale === 0 ? 1 : scale, width: 2 };
}

/** Mean and standard deviation of the finite values among `rows`, and how many are missing. */
function momentsOf(
  column: Float32Array,
  rows: Int32Array,
): { center: number; scale: number; missing: number } {
  let present = 0;
  let sum = 0;
  for (const row of rows) {
    const x = column[row]!;
    if (!Number.isFinite(x)) continue;
    present++;
    sum += x;
  }
  const center = present === 0 ? 0 : sum / present;
  let squares = 0;
  for (const row of rows) {
    const x = column[row]!;
    if (Number.isFinite(x)) squares += (x - center) ** 2;
  }
  const scale = present === 0 ? 0 : Math.sqrt(squares / present);
  const negligible = scale <= 1e-12 * Math.abs(center);
  return { center, scale: negligible ? 0 : scale, missing: rows.length - present };
}

/**
 * The design laid out for some rows. Numeric blocks hold standardised values; category blocks, and the missing values
 * of numeric ones, hold the number of their active indicator, -1 for none.
 */
export type DesignMatrix = {
  rows: number;
  columns: { values: Float32Array | null; active: Int32Array | null }[];
  /** By block of a text. */
  texts: TermRows[];
};

type TermRows = Pick<TextTerms, 'starts' | 'terms' | 'values'>;

export function layOut(
  design: Design,
  { features, texts }: Pick<LearnerData, 'features' | 'texts'>,
  rows: Int32Array,
): DesignMatrix {
  return {
    rows: rows.length,
    columns: design.blocks.map((block) => layOutBlock(block, features, rows)),
    texts: design.texts.map(({ text }) => takeTerms(texts!.terms[text]!, rows)),
  };
}

/** The terms of some rows, their values scaled. */
function takeTerms({ starts, terms, values }: TextTerms, rows: Int32Array): TermRows {
  const taken = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) taken[i + 1] = taken[i]! + starts[rows[i]! + 1]! - starts[rows[i]!]!;
  const total = taken[rows.length]!;
  const own = { starts: taken, terms: new Int32Array(total), values: new Float32Array(total) };
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [starts[rows[i]!]!, starts[rows[i]! + 1]!];
    own.terms.set(terms.subarray(from, to), taken[i]!);
    for (let t = from; t < to; t++) own.values[taken[i]! + t - from] = TERM_SCALE * values[t]!;
  }
  return own;
}

function layOutBlock(block: DesignBlock, features: FeatureMatrix, rows: Int32Array) {
  const column = features.columns[block.feature]!;
  if (block.kind === 'category') {
    const active = Int32Array.from(rows, (row) => {
      const code = column[row]!;
      return block.first + (Number.isNaN(code) ? block.levels : code);
    });
    return { values: null, active };
  }
  const values = Float32Array.from(rows, (row) => {
    const x = column[row]!;
    return Number.isFinite(x) ? (x - block.center) / block.scale : 0;
  });
  const hasMissing = rows.some((row) => Number.isNaN(column[row]!));
  const active = hasMissing
    ? Int32Array.from(rows, (row) => (Number.isNaN(column[row]!) ? block.first + 1 : -1))
    : null;
  return { values, active };
}

/** Margins of one output: intercept, values times coefficients, and the coefficients of active indicators. */
export function marginsOf(
  design: Design,
  matrix: DesignMatrix,
  coefficients: Float64Array,
  from: number,
  into: Float64Array,
): void {
  into.fill(coefficients[from]!);
  design.blocks.forEach((block, b) => {
    const { values, active } = matrix.columns[b]!;
    if (values) {
      const weight = coefficients[from + block.first]!;
      for (let i = 0; i < values.length; i++) into[i]! += weight * values[i]!;
    }
    if (active) {
      for (let i = 0; i < active.length; i++)
        if (active[i]! >= 0) into[i]! += coefficients[from + active[i]!]!;
    }
  });
  design.texts.forEach(({ first }, b) => {
    const { starts, terms, values } = matrix.texts[b]!;
    const at = from + first;
    for (let i = 0; i < into.length; i++) {
      let sum = 0;
      for (let t = starts[i]!; t < starts[i + 1]!; t++) sum += coefficients[at + terms[t]!]! * values[t]!;
      into[i]! += sum;
    }
  });
}

/** Adds the transpose of the design times `residual` to the gradient of one output. */
export function addTransposed(
  design: Design,
  matrix: DesignMatrix,
  residual: Float64Array,
  gradient: Float64Array,
  from: number,
): void {
  let total = 0;
  for (let i = 0; i < residual.length; i++) total += residual[i]!;
  gradient[from]! += total;
  design.blocks.forEach((block, b) => {
    const { values, active } = matrix.columns[b]!;
    if (values) {
      let dot = 0;
      for (let i = 0; i < values.length; i++) dot += values[i]! * residual[i]!;
      gradient[from + block.first]! += dot;
    }
    if (active) {
      for (let i = 0; i < active.length; i++)
        if (active[i]! >= 0) gradient[from + active[i]!]! += residual[i]!;
    }
  });
  design.texts.forEach(({ first }, b) => {
    const { starts, terms, values } = matrix.texts[b]!;
    const at = from + first;
    for (let i = 0; i < residual.length; i++) {
      for (let t = starts[i]!; t < starts[i + 1]!; t++)
        gradient[at + terms[t]!]! += values[t]! * residual[i]!;
    }
  });
}
