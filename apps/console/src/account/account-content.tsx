import { useMemo } from 'react';
import { type Api, createApi } from '../client/api.js';
import type { Client } from '../client/use-client.js';
import Dialog from '../design/overlays/dialog.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { ActivityList } from './activity-list.js';
import { DeviceList } from './device-list.js';
import { PasswordForm } from './password-form.js';
import './account.css';

interface AccountContentProps {
  readonly api: Api;
  readonly store: SessionStore;
  readonly user: string;
  readonly actions: Client['actions'];
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The dialog itself. Its parts ask the servers only while it is open. */
export default function AccountContent({ api, store, user, actions, open, onClose }: AccountContentProps) {
  const quiet = useMemo(() => createApi(() => undefined), []);
  return (
    <Dialog open={open} onClose={onClose} title="Your account">
      {open ? (
        <div className="account-content">
          <DeviceList api={api} quiet={quiet} store={store} user={user} actions={actions} />
          <PasswordForm api={api} store={store} />
          <ActivityList api={quiet} store={store} />
        </div>
      ) : null}
    </Dialog>
  );
}
