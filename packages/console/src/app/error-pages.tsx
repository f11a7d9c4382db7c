import { Link } from '@tanstack/react-router';
import { ErrorNotice } from '../parts/notice.tsx';
import { Empty, PageHead } from '../parts/page.tsx';

export function MissingPage() {
  return (
    <>
      <PageHead title="No such page" />
      <Empty title="There is nothing at this address.">
        <Link to="/pipeline-runs">See the pipeline runs</Link>
      </Empty>
    </>
  );
}

export function CrashPage(props: { error: unknown }) {
  return (
    <>
      <PageHead title="Something broke" />
      <ErrorNotice error={props.error} />
      <p>
        <a href={location.href}>Load the page again</a>
      </p>
    </>
  );
}
