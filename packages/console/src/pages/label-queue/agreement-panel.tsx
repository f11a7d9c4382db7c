import type { LabelQueueReport } from '@slipway/contract';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Empty, Panel } from '../../parts/page.tsx';
import { formatNumber, formatShare } from '../../words/index.ts';

/** Who answered, and how far they agree beyond chance. */
export function AgreementPanel({ queue }: { queue: LabelQueueReport }) {
  const { agreement, people } = queue;
  return (
    <Panel title="People" about="Beyond chance, 1 is full agreement and 0 what chance gives.">
      {people.length === 0 ? (
        <Empty title="No labels yet." />
      ) : (
        <DataTable
          caption="People"
          narrow
          rows={people}
          rowKey={(_, index) => String(index)}
          columns={[
            { id: 'name', title: 'Person', show: ({ name }) => name },
            { id: 'answers', title: 'Answers', end: true, show: ({ answers }) => answers },
            { id: 'skips', title: 'Skips', end: true, show: ({ skips }) => skips },
          ]}
        />
      )}
      {agreement.observed === null ? null : (
        <Facts
          entries={[
            { name: 'Pairs of answers that are equal', value: formatShare(agreement.observed) },
            { name: 'Krippendorff’s alpha', value: coefficient(agreement.krippendorffAlpha) },
          ]}
        />
      )}
      {agreement.pairs.length === 0 ? null : (
        <DataTable
          caption="Agreement of every two people"
          narrow
          rows={agreement.pairs}
          rowKey={(_, index) => String(index)}
          columns={[
            { id: 'people', title: 'Two people', show: (pair) => pair.people.join(' and ') },
            { id: 'tasks', title: 'Rows in common', end: true, show: (pair) => pair.tasks },
            { id: 'kappa', title: 'Cohen’s kappa', end: true, show: (pair) => coefficient(pair.cohenKappa) },
          ]}
        />
      )}
    </Panel>
  );
}

function coefficient(value: number | null): string {
  return value === null ? '–' : formatNumber(Number(value.toFixed(3)));
}
