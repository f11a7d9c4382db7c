import { Link } from '@tanstack/react-router';
import { Bars } from '../../parts/bars.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Panel } from '../../parts/page.tsx';
import { formatNumber, formatShare } from '../../words/index.ts';
import { binsOf, type ColumnProfile, edgeText, profileSentence } from './profile.ts';

const QUANTILES = ['1 %', '5 %', '25 %', 'median', '75 %', '95 %', '99 %'];

/** All that is known of one column. */
export function ColumnDetail({ profile }: { profile: ColumnProfile }) {
  const bins = binsOf(profile);
  return (
    <Panel
      title={profile.name}
      about={`${profile.type}, ${profile.role}`}
      actions={
        <Link to="." search={(before) => ({ ...before, column: undefined })} resetScroll={false} replace>
          Close
        </Link>
      }
    >
      {profile.notes.length === 0 ? null : <p>{profile.notes.join(' ')}</p>}
      {bins.length === 0 ? null : (
        <Figure
          picture={
            <Bars
              counts={bins.map((bin) => bin.count)}
              label={profileSentence(profile)}
              {...(profile.numeric === undefined ? {} : { edges: profile.numeric.histogram.edges })}
            />
          }
          caption={profileSentence(profile)}
          table={
            <DataTable
              caption={profile.numeric === undefined ? 'Most frequent values' : 'Histogram'}
              narrow
              rows={bins}
              rowKey={(bin) => bin.label}
              columns={[
                {
                  id: 'bin',
                  title: profile.numeric === undefined ? 'Value' : 'From, to',
                  show: (bin) => bin.label,
                },
                { id: 'count', title: 'Rows', end: true, show: (bin) => formatNumber(bin.count) },
                {
                  id: 'share',
                  title: 'Share',
                  end: true,
                  show: (bin) => formatShare(profile.rows > 0 ? bin.count / profile.rows : 0),
                },
              ]}
            />
          }
        />
      )}
      {profile.numeric === undefined ? null : <NumberFacts profile={profile} numeric={profile.numeric} />}
    </Panel>
  );
}

function NumberFacts(props: { profile: ColumnProfile; numeric: NonNullable<ColumnProfile['numeric']> }) {
  const { numeric, profile } = props;
  const isTime = profile.type === 'timestamp';
  const spread = [
    { name: 'Mean', value: edgeText(profile, numeric.mean) },
    ...(isTime ? [] : [{ name: 'Standard deviation', value: formatNumber(numeric.standardDeviation) }]),
    { name: 'Least', value: edgeText(profile, numeric.min) },
    ...numeric.quantiles.map((value, index) => ({
      name: QUANTILES[index] ?? '',
      value: edgeText(profile, value),
    })),
    { name: 'Most', value: edgeText(profile, numeric.max) },
  ];
  return <Facts entries={spread} />;
}
