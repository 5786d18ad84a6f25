import { lazy, Suspense, useState } from 'react';
import type { Api } from '../client/api.js';
import type { Client } from '../client/use-client.js';
import type { SessionStore } from '../scenario/catalogue.js';

const AccountContent = lazy(() => import('./account-content.js'));

interface AccountDialogProps {
  readonly api: Api;
  readonly store: SessionStore;
  readonly user: string;
  readonly actions: Client['actions'];
}

/** A button that opens devices, password and activity of the signed-in user. They are loaded when they are first opened. */
export function AccountDialog(props: AccountDialogProps) {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
      >
        Your account
      </button>
      {wanted ? (
        <Suspense>
          <AccountContent {...props} open={open} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
