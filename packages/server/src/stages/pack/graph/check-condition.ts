import { type OtherColumn, parseTimestamp } from '../../prepare/index.ts';
import { bad, type ColumnType, type MemberManifests, type Walk } from './graph-walk.ts';

type Pending = Walk['conditions'][number];

/** Checks a condition against the type of its column, once every model has said what it takes. Throws `endpoint.bad-spec`. */
export function checkCondition({ condition, scope, at }: Pending, walk: Walk): void {
  const type = conditionType(condition, { scope, at }, walk);
  if (condition.kind === 'in')
    for (const value of condition.values) checkValue(value, type, condition.column, at);
  if (condition.kind !== 'range') return;
  if (type !== 'number' && type !== 'timestamp')
    throw bad(`a range is of numbers or times, and ${condition.column} is a ${type}`, `${at}.range`);
  const [from, to] = [condition.from, condition.to].map((bound) =>
    bound === null
      ? null
      : { ...bound, number: checkValue(bound.value, type, condition.column, `${at}.range`) },
  );
  if (
    from &&
    to &&
    (from.number > to.number || (from.number === to.number && !(from.inclusive && to.inclusive)))
  )
    throw bad('nothing is in the range', `${at}.range`);
}

function conditionType(
  { column, type }: Pending['condition'],
  { scope, at }: Pick<Pending, 'scope' | 'at'>,
  walk: Walk,
): ColumnType {
  const given = scope.given.get(column);
  if (given === undefined && !scope.isOpen)
    throw bad(`no earlier node gives ${column}: the row was replaced (row: replace)`, `${at}.column`);
  const known = given?.type ?? walk.taken.get(column)?.type;
  if (known !== undefined) {
    if (type !== null && type !== known) throw bad(`${column} is a ${known}, not a ${type}`, `${at}.type`);
    return known;
  }
  const elsewhere = otherNamed(column, walk.members);
  const found = type ?? elsewhere?.type;
  if (found === undefined)
    throw bad(`no model of the graph knows the column ${column}; give its type beside it`, `${at}.type`);
  const reading = elsewhere?.type === found ? elsewhere.reading : undefined;
  walk.taken.set(column, { name: column, type: found, ...(reading && { reading }), by: 'a switch' });
  return found;
}

function otherNamed(column: string, members: MemberManifests): OtherColumn | undefined {
  for (const { others = [] } of members.values()) {
    const found = others.find(({ name }) => name === column);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value of a condition as a number where it has an order, else 0. Throws `endpoint.bad-spec` for another type's. */
function checkValue(value: string | number | boolean, type: ColumnType, column: string, at: string): number {
  const wrong = () => bad(`${column} is a ${type}, and ${JSON.stringify(value)} is none`, at);
  if (type === 'timestamp') {
    const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (time === undefined || time === null || Number.isNaN(time)) throw wrong();
    return time;
  }
  if (typeof value !== type) throw wrong();
  return typeof value === 'number' ? value : 0;
}
