import { Tab, TabList, TabPanel, TabProvider } from '@ariakit/react/tab';
import type { ReactNode } from 'react';
import './overlays.css';

interface TabsProps {
  /** Names the list of tabs. */
  readonly label: string;
  readonly tabs: readonly { readonly id: string; readonly label: string; readonly content: ReactNode }[];
}

/** Panels of which one is shown; arrow keys move between their tabs. The first is shown at first. */
export default function Tabs({ label, tabs }: TabsProps) {
  return (
    <TabProvider defaultSelectedId={tabs[0]?.id ?? null}>
      <TabList className="tabs" aria-label={label}>
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className="tab">
            {tab.label}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} tabId={tab.id}>
          {tab.content}
        </TabPanel>
      ))}
    </TabProvider>
  );
}
