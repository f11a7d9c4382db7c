import type { RecipeGroup } from '../../making/find-recipes.ts';
import { recipesWithRoom } from '../../making/made-data.ts';
import type { SearchState } from '../search-state.ts';

/** The groups that should be tested in time, and the recipes there is memory for. */
export function affordableGroups(
  groups: readonly RecipeGroup[],
  expected: number,
  allowed: number,
  { data, folds }: SearchState,
): RecipeGroup[] {
  let [seconds, recipes] = [0, 0];
  const own = data.features.columns.length;
  const inTime = groups.filter((group) => {
    recipes += group.recipes.length;
    seconds += expected * (1 + recipes / own);
    return seconds <= allowed;
  });
  let room = recipesWithRoom(
    inTime.flatMap((group) => group.recipes),
    data.features.rows,
    folds.length,
  );
  return inTime.flatMap((group) => {
    const kept = group.recipes.slice(0, room);
    room -= kept.length;
    return kept.length > 0 ? [{ ...group, recipes: kept }] : [];
  });
}
