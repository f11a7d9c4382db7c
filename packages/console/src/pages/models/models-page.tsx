import { Link } from '@tanstack/react-router';
import { useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Empty, PageHead } from '../../parts/page.tsx';
import { formatNumber, nameInWords } from '../../words/index.ts';

/** The registry. */
export function ModelsPage() {
  const models = useOperation('models.list', {});
  return (
    <>
      <PageHead title="Models" about="What was trained and packed, version by version." />
      <Loaded query={models}>
        {(answer) =>
          answer.models.length === 0 ? (
            <Empty title="No model yet.">
              <p>A pipeline run trains and registers one:</p>
              <Command text="npx slipway ship customers.csv --target churned" />
            </Empty>
          ) : (
            <DataTable
              caption="Models"
              rows={answer.models}
              rowKey={(model) => model.name}
              columns={[
                {
                  id: 'name',
                  title: 'Model',
                  show: (model) => (
                    <Link to="/models/$name" params={{ name: model.name }}>
                      {model.name}
                    </Link>
                  ),
                },
                { id: 'target', title: 'Predicts', show: (model) => `${model.target} (${model.task})` },
                { id: 'versions', title: 'Versions', end: true, show: (model) => model.versions },
                { id: 'champion', title: 'Champion', show: (model) => championOf(model.champion) },
                {
                  id: 'metric',
                  title: 'Primary metric',
                  show: (model) => nameInWords(model.primaryMetric) || '—',
                },
                {
                  id: 'value',
                  title: 'Value',
                  end: true,
                  show: (model) => (model.primaryValue === null ? '—' : formatNumber(model.primaryValue)),
                },
                { id: 'created', title: 'Made', show: (model) => <Moment at={model.createdAt} /> },
              ]}
            />
          )
        }
      </Loaded>
    </>
  );
}

function championOf(version: number | null): string {
  return version === null ? 'none yet' : `version ${version}`;
}
