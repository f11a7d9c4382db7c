import { FAILURES, type FailureEntry, type FailureKind, STATUS_OF_KIND } from '@slipway/contract';

import { code, GENERATED_NOTICE, table } from './markdown.ts';

/** Every failure by code: what it says, the way out, and how each edge shows its kind. */
export function failuresReference(): string {
  const entries: [string, FailureEntry][] = Object.entries(FAILURES);
  const kinds = Object.entries(STATUS_OF_KIND) as [FailureKind, number][];
  return [
    GENERATED_NOTICE,
    '',
    '# Failures',
    '',
    'Everything Slipway can report has a code, one sentence and a way out. A code never changes its meaning, so a program',
    'may rely on it; the sentence may get better. Over HTTP a failure is [problem+json](https://www.rfc-editor.org/rfc/rfc9457)',
    'with `code`, `detail`, `hint`, the `path` of the offending field and the request id. Words in braces are filled in.',
    '',
    '## Kinds',
    '',
    table(
      ['kind', 'HTTP status', 'failures of this kind'],
      kinds.map(([kind, status]) => [
        kind,
        String(status),
        entries
          .filter(([, entry]) => entry.kind === kind)
          .map(([name]) => `[${code(name)}](#${anchor(name)})`)
          .join(', '),
      ]),
    ),
    '',
    '## Codes',
    ...entries.map(
      ([name, { kind, says, hint }]) =>
        `\n### ${name}\n\n${code(kind)} (${STATUS_OF_KIND[kind]}). ${says}\n\n*${hint}*`,
    ),
    '',
  ].join('\n');
}

/** The anchor that Markdown renderers make of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
