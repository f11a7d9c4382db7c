import { getRouteApi } from '@tanstack/react-router';
import { useOperation } from '../../data/index.ts';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHead, Panel } from '../../parts/page.tsx';
import { formatBytes, formatNumber } from '../../words/index.ts';
import { ColumnDetail } from './column-detail.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { ProfileTable } from './profile-table.tsx';
import { ReportPanel } from './report-panel.tsx';
import { TrainPanel } from './train-panel.tsx';
import { VersionsTable } from './versions-table.tsx';

const route = getRouteApi('/datasets/$name');

/** A dataset: its versions, and what the one looked at holds. */
export function DatasetPage() {
  const { name } = route.useParams();
  const { version: asked } = route.useSearch();
  const dataset = useOperation('datasets.get', { params: { name } });
  return (
    <>
      <PageHead title={name} about="Dataset" />
      <Loaded query={dataset}>
        {(answer) => {
          const version = Number(asked ?? answer.versions[0]?.version);
          return (
            <>
              <Panel title="Versions">
                <VersionsTable name={name} versions={answer.versions} current={version} />
              </Panel>
              {Number.isInteger(version) && version > 0 ? <Version name={name} version={version} /> : null}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Version(props: { name: string; version: number }) {
  const { column } = route.useSearch();
  const version = useOperation('datasets.version', { params: props });
  return (
    <Loaded query={version}>
      {(answer) => {
        const looked = answer.profile.find((each) => each.name === column);
        return (
          <>
            <Panel title={`Version ${answer.version}`}>
              <Facts
                entries={[
                  { name: 'Rows', value: formatNumber(answer.rows) },
                  { name: 'Columns', value: formatNumber(answer.columns) },
                  { name: 'Size', value: formatBytes(answer.bytes) },
                  { name: 'Added by this version', value: formatBytes(answer.addedBytes) },
                  { name: 'From', value: answer.source },
                  { name: 'Made', value: <Moment at={answer.createdAt} /> },
                  { name: 'Parent', value: answer.parent === null ? 'none' : answer.parent.slice(0, 12) },
                  {
                    name: 'Manifest',
                    value: <code title={answer.manifest}>{answer.manifest.slice(0, 12)}</code>,
                  },
                ]}
              />
            </Panel>
            {looked === undefined ? null : <ColumnDetail profile={looked} />}
            <Panel title="Columns" about="A column's name shows more of it.">
              <ProfileTable profile={answer.profile} schema={answer.schema} current={column} />
            </Panel>
            <TrainPanel
              key={`${answer.dataset} ${answer.version}`}
              dataset={answer.dataset}
              version={answer.version}
              profile={answer.profile}
            />
            <ReportPanel report={answer.report} missingWords={answer.missingWords} />
            <PreviewPanel {...props} rows={answer.rows} columns={answer.schema.map((each) => each.name)} />
          </>
        );
      }}
    </Loaded>
  );
}
