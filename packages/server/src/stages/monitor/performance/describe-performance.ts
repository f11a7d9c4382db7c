import type { MeasuredPerformance, RealisedPerformance, UnknownClasses } from '../model.ts';

type Facts = Omit<RealisedPerformance, 'says' | 'decision'>;

/** `decision` is the sentence of an alert; `says` adds what it was measured on. */
export function describePerformance(facts: Facts, minLabels: number): { decision: string; says: string } {
  const coverage = describeCoverage(facts);
  if (!facts.enough) {
    const decision = `Not enough labels: ${coverage}; ${minLabels} are needed.`;
    return { decision: withUnknown(facts, decision), says: withUnknown(facts, decision) };
  }
  const decision = decide(facts);
  const delay =
    facts.medianDelaySeconds === null
      ? ''
      : `; labels arrived after ${duration(facts.medianDelaySeconds)} (median), ${duration(facts.p90DelaySeconds!)} (90th percentile)`;
  const undefinedOnes = facts.measures.filter(({ value: found }) => found === null);
  const missing = undefinedOnes.map(({ name }) => ` ${name} is not defined on these labels.`).join('');
  return { decision, says: `${withUnknown(facts, decision)}${missing} ${capital(coverage)}${delay}.` };
}

function decide({ measures, labelled }: Facts): string {
  const on = `on ${labelled} labelled predictions`;
  const [worst, ...others] = measures.filter(({ degraded }) => degraded);
  if (worst !== undefined) {
    const than = worst.better === 'higher' ? 'lower' : 'higher';
    const also = others.map((one) => `${inSentence(one.name)} ${value(one)} (${reference(one)})`);
    const rest = also.length === 0 ? '' : `; also worse: ${also.join(', ')}`;
    return `${worst.name} is ${value(worst)} ${on}, ${than} than the ${reference(worst)} on the hold-out${rest}.`;
  }
  const first = measures.find((one) => one.value !== null && one.holdout !== null);
  if (first !== undefined) {
    return `${first.name} is ${value(first)} ${on}, ${reference(first)} on the hold-out: no measure is significantly worse.`;
  }
  const known = measures.find((one) => one.value !== null);
  const figure = known === undefined ? 'No measure is defined' : `${known.name} is ${value(known)}`;
  return `${figure} ${on}; the hold-out has none to compare with.`;
}

/** '94 labels (31 %) are of a class the model does not know: warranty.' */
export function describeUnknown({ labels, share, classes }: Omit<UnknownClasses, 'says'>): string {
  const named = classes.map((one) => (classes.length === 1 ? one.value : `${one.value} (${one.labels})`));
  const noun = classes.length === 1 ? 'a class' : 'classes';
  const [subject, verb] = labels === 1 ? ['1 label', 'is'] : [`${labels} labels`, 'are'];
  return `${subject} (${percent(share)}) ${verb} of ${noun} the model does not know: ${named.join(', ')}.`;
}

function describeCoverage({ labelled, rows, coverage, from, to }: Facts): string {
  const made = from === null || to === null ? '' : ` made ${span(from, to)}`;
  return `${labelled} of ${rows} predictions${made} (${percent(coverage)}) are labelled`;
}

function span(from: string, to: string): string {
  const [first, last] = [from.slice(0, 10), to.slice(0, 10)];
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

function withUnknown({ unknownClasses }: Facts, decision: string): string {
  return unknownClasses === null ? decision : `${decision} ${unknownClasses.says}`;
}

function value({ value: found }: MeasuredPerformance): string {
  return figure(found!.value);
}

function reference({ holdout }: MeasuredPerformance): string {
  return figure(holdout!.value);
}

/** Two decimals up to 1, three significant digits of larger and very small numbers. */
export function figure(number: number): string {
  const size = Math.abs(number);
  if (size >= 0.01 && size <= 1) return number.toFixed(2);
  return size === 0 ? '0' : size >= 1000 ? String(Math.round(number)) : String(Number(number.toPrecision(3)));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

const UNITS = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
] as const;

function duration(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit === undefined
    ? `${Math.round(seconds)} seconds`
    : `${(seconds / unit[0]).toFixed(1)} ${unit[1]}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names of measures that are words begin small inside a sentence. */
function inSentence(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
