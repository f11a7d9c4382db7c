import { getRouteApi } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { PageHead } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { ConfigPanel } from './config-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { StatusPanel } from './status-panel.tsx';

const route = getRouteApi('/system');

type Tab = { id: string; title: string; Panel: ComponentType };

const TABS: [Tab, ...Tab[]] = [
  { id: 'status', title: 'Status', Panel: StatusPanel },
  { id: 'config', title: 'Configuration', Panel: ConfigPanel },
  { id: 'keys', title: 'Keys', Panel: KeysPanel },
  { id: 'audit', title: 'Audit', Panel: AuditPanel },
];

/** The platform itself. */
export function SystemPage() {
  const { tab: asked } = route.useSearch();
  const tab = TABS.find((each) => each.id === asked) ?? TABS[0];
  return (
    <>
      <PageHead title="System" />
      <Tabs label="Parts of the system" tabs={TABS} current={tab.id} />
      <tab.Panel />
    </>
  );
}
