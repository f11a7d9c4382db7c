import type { Model } from '@slipway/contract';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useOperation } from '../../data/index.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead, Panel } from '../../parts/page.tsx';
import { ModelVersions } from './model-versions.tsx';
import { VersionComparison } from './version-comparison.tsx';
import { VersionDetail } from './version-detail.tsx';

const route = getRouteApi('/models/$name');

/** A model: its versions, how they compare, and all about one of them. */
export function ModelPage() {
  const { name } = route.useParams();
  const model = useOperation('models.get', { params: { name } });
  return (
    <Loaded query={model} title={name}>
      {(answer) => (
        <>
          <PageHead
            title={name}
            about={
              <span>
                predicts <code>{answer.target}</code> ({answer.task})
              </span>
            }
            actions={
              <Link to="/endpoints/$name" params={{ name }}>
                Endpoint
              </Link>
            }
          />
          <Versions model={answer} />
        </>
      )}
    </Loaded>
  );
}

function Versions({ model }: { model: Model }) {
  const { version: asked } = route.useSearch();
  const shown = Number(asked ?? model.champion ?? model.versions[0]?.version);
  return (
    <>
      <Panel title="Versions">
        <ModelVersions model={model} current={shown} />
      </Panel>
      {model.versions.length < 2 ? null : (
        <Panel title="Metrics compared" about="The best of each is marked.">
          <VersionComparison versions={model.versions} />
        </Panel>
      )}
      {Number.isInteger(shown) && shown > 0 ? <VersionDetail name={model.name} version={shown} /> : null}
    </>
  );
}
