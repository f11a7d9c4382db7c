import { type ModelVersion, ownValue } from '@slipway/contract';
import { DataTable } from '../../parts/data-table.tsx';
import { DRAWINGS, Icon } from '../../parts/icons.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { bestIndex, formatMetric, nameInWords } from '../../words/index.ts';
import css from './version-comparison.module.css';

const COMPARED_AT_FIRST = 4;

/** Metrics by version, side by side. The address says which versions. */
export function VersionComparison(props: { versions: readonly ModelVersion[] }) {
  const [compare, setCompare] = useAddress('compare');
  const chosen = new Set(
    compare?.split('-').filter(Boolean).map(Number) ??
      props.versions.slice(0, COMPARED_AT_FIRST).map((each) => each.version),
  );
  const versions = props.versions.filter((each) => chosen.has(each.version));
  const metrics = [...new Set(versions.flatMap((each) => Object.keys(each.metrics)))];

  const toggle = (version: number) => {
    const next = new Set(chosen);
    if (!next.delete(version)) next.add(version);
    setCompare([...next].toSorted((a, b) => a - b).join('-'));
  };

  return (
    <>
      <fieldset className={css.choice}>
        <legend className="visually-hidden">Versions to compare</legend>
        {props.versions.map((each) => (
          <label key={each.version}>
            <input type="checkbox" checked={chosen.has(each.version)} onChange={() => toggle(each.version)} />{' '}
            version {each.version}
          </label>
        ))}
      </fieldset>
      <DataTable
        caption="Metrics by version"
        rows={metrics.map((metric) => ({
          metric,
          values: versions.map((each) => ownValue(each.metrics, metric)),
        }))}
        rowKey={(row) => row.metric}
        columns={[
          { id: 'metric', title: 'Metric', show: (row) => nameInWords(row.metric) },
          ...versions.map((version, place) => ({
            id: String(version.version),
            title: `version ${version.version}`,
            end: true,
            show: (row: { metric: string; values: (number | undefined)[] }) => (
              <Compared value={row.values[place]} best={bestIndex(row.metric, row.values) === place} />
            ),
          })),
        ]}
      />
    </>
  );
}

function Compared(props: { value: number | undefined; best: boolean }) {
  const text = formatMetric(props.value ?? Number.NaN);
  if (!props.best) return <>{text}</>;
  return (
    <b className={css.best}>
      <Icon size={12}>{DRAWINGS.tick}</Icon>
      <span className="visually-hidden">best </span>
      {text}
    </b>
  );
}
