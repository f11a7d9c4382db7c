import { type DatasetVersion, readingInWords } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { Bars } from '../../parts/bars.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { formatNumber, formatShare } from '../../words/index.ts';
import { binsOf, type ColumnProfile, edgeText, profileSentence } from './profile.ts';

type ProfileTableProps = {
  profile: readonly ColumnProfile[];
  schema: DatasetVersion['schema'];
  current: string | undefined;
};

/** The columns with what they hold; the small pictures have their numbers one press away. */
export function ProfileTable(props: ProfileTableProps) {
  const [sort, setSort] = useAddress('sort');
  const nullable = new Set(props.schema.filter((column) => column.nullable).map((column) => column.name));
  const readings = new Map(props.schema.map(({ name, reading }) => [name, readingInWords(reading)]));
  return (
    <DataTable
      caption="Columns"
      rows={props.profile}
      rowKey={(profile) => profile.name}
      isCurrent={(profile) => profile.name === props.current}
      sort={sort}
      onSort={setSort}
      columns={[
        {
          id: 'name',
          title: 'Column',
          sortBy: (profile) => profile.name,
          show: (profile) => (
            <Link
              to="."
              search={(before) => ({ ...before, column: profile.name })}
              resetScroll={false}
              replace
            >
              {profile.name}
            </Link>
          ),
        },
        { id: 'type', title: 'Type', sortBy: (each) => each.type, show: (each) => each.type },
        { id: 'role', title: 'Role', sortBy: (each) => each.role, show: (each) => each.role },
        {
          id: 'missing',
          title: 'Missing',
          end: true,
          sortBy: missingShare,
          show: (each) =>
            nullable.has(each.name) || each.missing > 0 ? formatShare(missingShare(each)) : 'none',
        },
        {
          id: 'distinct',
          title: 'Distinct',
          end: true,
          sortBy: (each) => each.distinct,
          show: (each) => `${each.distinctApproximate ? '≈ ' : ''}${formatNumber(each.distinct)}`,
        },
        {
          id: 'picture',
          title: 'Distribution',
          show: (each) => <Picture profile={each} />,
        },
        { id: 'typical', title: 'Typical', show: typical },
        { id: 'reading', title: 'How it is read', show: (each) => readings.get(each.name) ?? '' },
        {
          id: 'notes',
          title: 'Notes',
          show: (each) => (each.notes.length === 0 ? '' : <Sentence>{each.notes.join(' ')}</Sentence>),
        },
      ]}
    />
  );
}

function Picture({ profile }: { profile: ColumnProfile }) {
  const bins = binsOf(profile);
  if (bins.length === 0) return <>—</>;
  return <Bars small counts={bins.map((bin) => bin.count)} label={profileSentence(profile)} />;
}

function typical(profile: ColumnProfile): string {
  if (profile.numeric !== undefined) return `median ${edgeText(profile, profile.numeric.quantiles[3])}`;
  return profile.top?.[0]?.value ?? '—';
}

function missingShare(profile: ColumnProfile): number {
  return profile.rows > 0 ? profile.missing / profile.rows : 0;
}
