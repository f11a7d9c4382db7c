import type { Decide } from './decide.ts';

/**
 * No input shows structural evidence of leakage, but those that somebody vouches for. That an input predicts well is no such
 * evidence, and closes nothing.
 */
export const leakage: Decide<'leakage'> = (_, __, { leakage: suspicions = [] }) => {
  const structural = suspicions.filter(({ evidence }) => evidence !== undefined);
  const blocking = structural.filter(({ allowed }) => allowed !== true);
  const allowed = structural.filter((one) => one.allowed === true).map(({ column }) => column);
  return {
    passed: blocking.length === 0,
    observed: blocking.length,
    threshold: 0,
    says: blocking.length > 0 ? saysBlocked(blocking) : saysPassed(allowed),
  };
};

function saysPassed(allowed: readonly string[]): string {
  if (allowed.length === 0) return 'No input shows structural evidence of leakage.';
  return `Structural evidence of leakage is allowed for: ${allowed.join(', ')}.`;
}

function saysBlocked(blocking: readonly { column: string; says: string }[]): string {
  const facts = [...new Set(blocking.map(({ says }) => says))].join(' ');
  const names = blocking.map(({ column }) => column);
  const flags = (flag: string) => names.map((name) => `${flag} ${quoted(name)}`).join(' ');
  const many = names.length > 1 ? 'these columns' : 'this column';
  return `Leakage: ${facts} Train without ${many} (${flags('--exclude')}), or, if the values are known when a prediction is made, allow ${names.length > 1 ? 'them' : 'it'} (${flags('--allow-leakage')}).`;
}

/** As a shell takes it. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
