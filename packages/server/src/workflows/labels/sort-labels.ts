import {
  fail,
  type IngestFinding,
  LABEL_CLOCK_TOLERANCE_SECONDS,
  type LabelRefusal,
  type LabelsTaken,
} from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { NewLabel } from '../../metadata/index.ts';
import { textReader } from '../../stages/ingest/index.ts';
import {
  type LabelRead,
  type LabelTarget,
  labelReader,
  type RowValue,
  typeOfClasses,
} from '../../stages/label/index.ts';
import { type AnyManifest, takesTensors } from '../../stages/pack/index.ts';

/** A label as somebody sent it. */
export type GivenLabel = {
  id: string;
  value: RowValue;
  observedAt?: string | undefined;
  /** Why the value may mean two things; such a label is refused. */
  doubt?: string | undefined;
};

/** What there is to tell of labels, apart from what storing them tells. */
export type SortedLabels = Omit<LabelsTaken, 'accepted' | 'replaced' | 'unknown'> & {
  /** Labels that were taken, a repeated prediction each time. */
  taken: number;
};

/** Takes labels one by one; holds none of them. */
export type LabelSorter = {
  /** The label as it is kept; undefined of one that is missing or refused. `index` is its place, from 0. */
  sort(label: GivenLabel, index: number): NewLabel | undefined;
  /** Places of the refused labels that are kept, in their order. */
  refusedAt(): number[];
  /** @param lines of refused labels of a file, in their order */
  sorted(lines?: readonly (number | null)[]): SortedLabels;
};

const REFUSALS_KEPT = 100;
const CLASSES_KEPT = 50;
/** So many classes that the model does not know are told apart; text that is no class at all would fill the memory. */
const CLASSES_COUNTED = 10_000;
/** Ids among which repeated ones are looked for. */
const IDS_KEPT = 500_000;
const VALUE_SHOWN = 200;
const MOST_CHARACTERS = 1000;

/** How the target of a model is read; of a model without a described target by its classes. */
export function labelTarget(manifest: AnyManifest): LabelTarget {
  const { classes, target } = manifest;
  if (takesTensors(manifest)) return { type: typeOfClasses(classes), classes };
  const column = manifest.others?.find(({ name }) => name === target);
  const { missingWords } = manifest;
  const type = column?.type ?? typeOfClasses(classes);
  return { type, classes, reading: column?.reading, missingWords };
}

/** The path of a label's field, for messages. */
export type LabelPath = (field: 'id' | 'value' | 'observedAt', index: number) => string;

/**
 * Sorts labels into those that are kept and those that are not. One that cannot be taken never holds back the others.
 *
 * @param asOf the control plane's clock, epoch milliseconds: what was observed later is refused, beyond a tolerance
 */
export function labelSorter(target: LabelTarget, asOf: number, pathOf: LabelPath): LabelSorter {
  const read = labelReader(target);
  const readMoment = momentReader(asOf);
  const ids = new Set<string>();
  const refusals: LabelRefusal[] = [];
  const unknownClasses = new Map<string, number>();
  const respelled = new Map<string, string>();
  const counts = { taken: 0, repeated: 0, missing: 0, refused: 0, unknownClass: 0, respelled: 0 };

  const refuse = (index: number, id: string, fault: Fault) => {
    counts.refused++;
    if (refusals.length >= REFUSALS_KEPT) return undefined;
    const value = String(fault.value).slice(0, VALUE_SHOWN);
    const { reason } = fault;
    refusals.push({ index, line: null, id, path: pathOf(fault.field, index), value, reason });
    return undefined;
  };
  const noteClass = (value: string) => {
    counts.unknownClass++;
    if (unknownClasses.has(value) || unknownClasses.size < CLASSES_COUNTED)
      unknownClasses.set(value, (unknownClasses.get(value) ?? 0) + 1);
  };
  const noteId = (id: string) => {
    if (ids.has(id)) counts.repeated++;
    else if (ids.size < IDS_KEPT) ids.add(id);
  };

  return {
    sort({ id, value, observedAt, doubt }, index) {
      const found = read(value);
      if (found.is === 'missing') {
        counts.missing++;
        return undefined;
      }
      const fault = faultOf({ id, value, doubt }, found);
      if (fault !== undefined) return refuse(index, id, fault);
      const moment = observedAt === undefined ? undefined : readMoment(observedAt);
      if (moment !== undefined && 'reason' in moment)
        return refuse(index, id, { field: 'observedAt', value: observedAt!, reason: moment.reason });
      if (found.is !== 'label') return undefined;
      counts.taken++;
      noteId(id);
      if (!found.isKnown) noteClass(found.value);
      else if (typeof value === 'string' && isRespelled(target, value, found.value)) {
        counts.respelled++;
        if (respelled.size < CLASSES_KEPT) respelled.set(value.trim(), found.value);
      }
      const label = { predictionId: id, value: found.value };
      return moment === undefined ? label : { ...label, observedAt: moment.at };
    },
    refusedAt: () => refusals.map((one) => one.index),
    sorted(lines = []) {
      const { unknownClass, respelled: spelled, ...facts } = counts;
      const located = refusals.map((one, place) => ({ ...one, line: lines[place] ?? null }));
      const classes = [...unknownClasses].map(([value, count]) => ({ value, count }));
      classes.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      return {
        ...facts,
        refusals: located,
        unknownClasses: classes.slice(0, CLASSES_KEPT),
        warnings: [
          ...refusedFinding(counts.refused, located),
          ...unknownClassFinding(unknownClass, counts.taken, classes),
          ...respelledFinding(spelled, respelled),
        ],
      };
    },
  };
}

type Fault = { field: Parameters<LabelPath>[0]; value: RowValue; reason: string };

function faultOf({ id, value, doubt }: GivenLabel, found: LabelRead): Fault | undefined {
  if (doubt !== undefined) return { field: 'value', value, reason: doubt };
  if (id === '') return { field: 'id', value: id, reason: 'The label names no prediction.' };
  if (found.is === 'unfit') return { field: 'value', value, reason: `The target takes ${found.expected}.` };
  const isLong = found.is === 'label' && found.value.length > MOST_CHARACTERS;
  if (!isLong) return undefined;
  return { field: 'value', value, reason: `A label has at most ${MOST_CHARACTERS} characters.` };
}

/** Whether a class was found though it is written otherwise, spaces aside. */
function isRespelled({ type, classes }: LabelTarget, value: string, label: string): boolean {
  return type === 'string' && classes.length > 0 && value.trim() !== label.trim();
}

type Moment = { at: string } | { reason: string };

function momentReader(asOf: number): (text: string) => Moment {
  const formats = ['iso', 'iso-zoned'];
  const read = textReader({ as: 'timestamp', formats, order: null, timeZone: 'UTC' }, []);
  return (text) => {
    const moment = read(text);
    if (typeof moment !== 'number' || Number.isNaN(moment))
      return { reason: 'observedAt is no time: send ISO 8601, such as 2026-01-31T08:00:00Z.' };
    if (moment > asOf + LABEL_CLOCK_TOLERANCE_SECONDS * 1000)
      return {
        reason: `observedAt lies in the future: the clock of the server says ${isoTime(asOf)}, and ${LABEL_CLOCK_TOLERANCE_SECONDS / 60} minutes more are tolerated. Send the time at which the outcome was observed, or leave it out.`,
      };
    return { at: isoTime(moment) };
  };
}

/** Throws `labels.all-refused` unless some label was taken. */
export function requireSome({ taken, refused, missing, refusals }: SortedLabels): void {
  if (taken > 0) return;
  const [worst] = refusals;
  const first = worst === undefined ? 'None of them has a value' : refusalInWords(worst).replace(/\.$/, '');
  const details = { labels: refused + missing, first, refusals: refusals.map(refusalInWords) };
  throw fail('labels.all-refused', details, worst === undefined ? {} : { path: worst.path });
}

function refusalInWords({ line, path, value, reason }: LabelRefusal): string {
  return `${line === null ? '' : `Line ${line}, `}${path} ${JSON.stringify(value)}: ${reason}`;
}

const REFUSALS_SHOWN = 5;

function refusedFinding(refused: number, refusals: readonly LabelRefusal[]): IngestFinding[] {
  if (refused === 0) return [];
  const shown = refusals.slice(0, REFUSALS_SHOWN).map(refusalInWords).join(' ');
  const more = refused > REFUSALS_SHOWN ? ` And ${refused - REFUSALS_SHOWN} more.` : '';
  return [
    {
      code: 'labels-refused',
      severity: 'warning',
      message: `${refused} ${refused === 1 ? 'label was' : 'labels were'} not taken; the others were. ${shown}${more}`,
      count: refused,
    },
  ];
}

const CLASSES_SHOWN = 10;

function unknownClassFinding(
  count: number,
  taken: number,
  classes: readonly { value: string; count: number }[],
): IngestFinding[] {
  if (count === 0) return [];
  const share = Math.round((100 * count) / taken);
  const of = classes.length === 1 ? 'a class' : 'classes';
  const names =
    classes.length === 1
      ? classes[0]!.value
      : classes
          .slice(0, CLASSES_SHOWN)
          .map((one) => `${one.value} (${one.count})`)
          .join(', ');
  const more = classes.length > CLASSES_SHOWN ? ` and ${classes.length - CLASSES_SHOWN} more` : '';
  return [
    {
      code: 'labels-unknown-class',
      severity: 'warning',
      message: `${count} ${count === 1 ? 'label' : 'labels'} (${share} %) ${count === 1 ? 'is' : 'are'} of ${of} that the model does not know: ${names}${more}. ${count === 1 ? 'It is' : 'They are'} kept and count as wrong predictions; the next training learns the class.`,
      count,
    },
  ];
}

function respelledFinding(count: number, respelled: ReadonlyMap<string, string>): IngestFinding[] {
  if (count === 0) return [];
  const shown = [...respelled].slice(0, CLASSES_SHOWN).map(([text, name]) => `${text} as ${name}`);
  return [
    {
      code: 'labels-respelled',
      severity: 'warning',
      message: `${count} ${count === 1 ? 'label was' : 'labels were'} read as a class that differs in the case of letters alone: ${shown.join(', ')}.`,
      count,
    },
  ];
}
