import { useOperation } from '../../data/index.ts';
import { isRecord, RecordFacts } from '../../parts/facts.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Gates } from '../../parts/gates.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Metrics } from '../../parts/metrics.tsx';
import { Panel } from '../../parts/page.tsx';
import { Markdown } from './markdown.tsx';

/** Why one version was let through, what it reaches, and its card. */
export function VersionDetail(props: { name: string; version: number }) {
  const version = useOperation('models.version', { params: props });
  return (
    <Loaded query={version}>
      {(answer) => (
        <>
          <Panel title={`Gates of version ${answer.version}`}>
            <Gates gates={answer.gates} />
          </Panel>
          <Panel title={`Metrics of version ${answer.version}`}>
            <Metrics metrics={answer.metrics} primary={answer.primaryMetric} />
            {isRecord(answer.report) ? (
              <Fold title="The whole validation report">
                <RecordFacts record={answer.report} />
              </Fold>
            ) : null}
          </Panel>
          <Panel title="Model card">
            <Markdown text={answer.card} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}
