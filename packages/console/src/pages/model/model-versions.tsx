import { type Model, type ModelVersion, ownValue } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatBytes, formatMetric, nameInWords } from '../../words/index.ts';

export function ModelVersions({ model, current }: { model: Model; current: number }) {
  return (
    <DataTable
      caption="Versions"
      rows={model.versions}
      rowKey={(each) => String(each.version)}
      isCurrent={(each) => each.version === current}
      columns={[
        {
          id: 'version',
          title: 'Version',
          show: (each) => (
            <Link
              to="."
              search={(before) => ({ ...before, version: String(each.version) })}
              resetScroll={false}
            >
              version {each.version}
            </Link>
          ),
        },
        { id: 'aliases', title: 'Aliases', show: (each) => each.aliases.join(', ') || '—' },
        { id: 'learner', title: 'Learner', show: (each) => each.learner },
        {
          id: 'metric',
          title: nameInWords(model.primaryMetric) || 'Metric',
          end: true,
          show: (each) => formatMetric(ownValue(each.metrics, each.primaryMetric) ?? Number.NaN),
        },
        { id: 'gates', title: 'Gates', show: (each) => <GatesInShort version={each} /> },
        { id: 'data', title: 'Dataset', show: (each) => <DatasetLink version={each} /> },
        {
          id: 'run',
          title: 'Run',
          show: (each) =>
            each.runId === '' ? (
              'imported'
            ) : (
              <Link to="/runs/$id" params={{ id: each.runId }}>
                run
              </Link>
            ),
        },
        { id: 'bytes', title: 'Size', end: true, show: (each) => formatBytes(each.bytes) },
        { id: 'created', title: 'Made', show: (each) => <Moment at={each.createdAt} /> },
      ]}
    />
  );
}

function DatasetLink({ version }: { version: ModelVersion }) {
  if (version.dataset === null) return '—';
  return (
    <Link
      to="/datasets/$name"
      params={{ name: version.dataset }}
      search={{ version: String(version.datasetVersion) }}
    >
      {version.dataset} {version.datasetVersion}
    </Link>
  );
}

function GatesInShort({ version }: { version: ModelVersion }) {
  const held = version.gates.filter((gate) => gate.passed).length;
  if (version.gates.length === 0) return '—';
  const all = held === version.gates.length;
  return (
    <StateMark state={all ? 'passed' : 'failed'}>
      {held} of {version.gates.length} hold
    </StateMark>
  );
}
