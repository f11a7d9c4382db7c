import {
  type Kinds,
  kindCount,
  type LookupBy,
  type MadeFeature,
  type Quantity,
} from '../../prepare/index.ts';
import { type Ingredients, kindOfRows } from './ingredients.ts';
import type { MakingInputs } from './making-inputs.ts';
import { namesOfKinds, partOf } from './recipe-names.ts';
import { type Residuals, screenArithmetic, screenPairs } from './screen-recipes.ts';

/** Features to be tried together, since they help or do not help for the same reason. */
export type RecipeGroup = {
  of: 'numbers' | 'categories' | 'pairs' | 'dates' | 'crosses';
  recipes: MadeFeature[];
};

/** Of each sort at most. */
const MOST = { arithmetic: 8, pairs: 5, means: 6, counts: 3, crosses: 2, dateDifferences: 6 };

/** Kinds from which a target mean, or a count, may say more than the category itself. */
const LEAST_FOR_MEANS = 8;
const LEAST_FOR_COUNTS = 20;

/** Pairs of kinds that a cross keeps apart at most, and rows of each at least. */
const MOST_CROSSED = 254;
const LEAST_ROWS = 10;

/**
 * What may be worth making, in groups. Arithmetic and pairs must explain something of what a model missed; target means
 * and counts are of columns with many values, where each value alone has few rows to learn from. Target means have no
 * values yet: those depend on the rows they are learnt from.
 */
export function findRecipes(
  ingredients: Ingredients,
  residuals: Residuals,
  inputs: MakingInputs,
): RecipeGroup[] {
  const { kinds, quantities, cycles } = ingredients;
  const pairs = screenPairs(kinds, residuals, MOST.pairs);
  const singles = kinds.map((one) => one.kinds).filter((one) => one.kind !== 'date-part');
  const many = (least: number, most: number) =>
    singles.filter((one) => kindCount(one) >= least).slice(0, most);
  const ofKind = (kind: Quantity['kind']) => quantities.filter(({ quantity }) => quantity.kind === kind);
  const groups: RecipeGroup[] = [
    { of: 'numbers', recipes: screenArithmetic(ofKind('number'), residuals, MOST.arithmetic) },
    {
      of: 'categories',
      recipes: [
        ...many(LEAST_FOR_MEANS, MOST.means).flatMap((one) => meanRecipes([one], inputs)),
        ...many(LEAST_FOR_COUNTS, MOST.counts)
          .filter(({ kind }) => kind === 'words')
          .map((one) => countRecipe(one, inputs)),
      ],
    },
    { of: 'pairs', recipes: pairs.flatMap((of) => meanRecipes(of, inputs)) },
    {
      of: 'dates',
      recipes: [
        ...screenArithmetic(ofKind('date-part'), residuals, MOST.dateDifferences),
        ...cycles.flatMap(({ column, part }) => waveRecipes({ kind: 'date-part', column, part })),
      ],
    },
  ];
  const crosses = pairs.slice(0, MOST.crosses).flatMap((of) => crossRecipe(of, inputs));
  return [...groups, { of: 'crosses' as const, recipes: crosses }].filter(
    ({ recipes }) => recipes.length > 0,
  );
}

/** One for a number or two classes; of more classes one for each but the first, which is what the others leave. */
function meanRecipes(of: Kinds[], { classes, target }: MakingInputs): MadeFeature[] {
  const told = classes.length === 0 ? [null] : classes.slice(1);
  return told.map((name) => ({
    kind: 'lookup',
    name: `mean of ${target}${name !== null && classes.length > 2 ? ` is ${name}` : ''} by ${namesOfKinds(of)}`,
    by: 'target-mean',
    class: name,
    of,
    keys: [],
    values: [],
    otherwise: 0,
  }));
}

function countRecipe(of: Kinds, { table }: MakingInputs): MadeFeature {
  const counts = countsByKey(kindOfRows(of, table));
  return noted(
    'count',
    `share of rows with ${namesOfKinds([of])}`,
    of,
    (key) => (counts.get(key) ?? 0) / table.rows,
  );
}

/** The kinds of both columns that come together often enough. */
function crossRecipe(of: Kinds[], { table }: MakingInputs): MadeFeature[] {
  const [first, second] = of.map((kinds) => kindOfRows(kinds, table));
  const width = kindCount(of[1]!) + 2;
  const counts = countsByKey(first!.map((kind, row) => kind * width + second![row]!));
  const keys = [...counts]
    .filter(([, count]) => count >= LEAST_ROWS)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, MOST_CROSSED)
    .map(([key]) => key);
  return keys.length > 1 ? [{ kind: 'cross', name: `${namesOfKinds(of)} together`, of, keys }] : [];
}

/** Where a cyclic part stands on a circle, so that its last value is beside its first. */
function waveRecipes(of: Extract<Kinds, { kind: 'date-part' }>): MadeFeature[] {
  const size = kindCount(of);
  const first = of.part === 'month' || of.part === 'dayOfYear' ? 1 : 0;
  const angle = (key: number) => (2 * Math.PI * (key - first)) / (size - first);
  const name = partOf(of.column, of.part);
  return [
    noted('sine', `sine of ${name}`, of, (key) => (key < size ? Math.sin(angle(key)) : 0)),
    noted('cosine', `cosine of ${name}`, of, (key) => (key < size ? Math.cos(angle(key)) : 0)),
  ];
}

function noted(by: LookupBy, name: string, of: Kinds, value: (key: number) => number): MadeFeature {
  const keys = Array.from({ length: kindCount(of) + 2 }, (_, key) => key);
  const values = keys.map((key) => Math.fround(value(key)));
  return { kind: 'lookup', name, by, class: null, of: [of], keys, values, otherwise: 0 };
}

function countsByKey(keys: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
