import { useRef, useState } from 'react';
import type { Answer, Api } from '../client/api.js';
import type { Client } from '../client/use-client.js';
import { failureSentence } from '../request/reading.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { deviceName } from './device-name.js';
import { LogInAgain } from './log-in-again.js';
import { timeText } from './time-text.js';
import { usePolled } from './use-polled.js';

interface DeviceListProps {
  readonly api: Api;
  /** Its requests are not in the log: the list is read every few seconds. */
  readonly quiet: Api;
  readonly store: SessionStore;
  readonly user: string;
  readonly actions: Pick<Client['actions'], 'login' | 'giveCode'>;
}

/** Where the user is signed in, with a button that ends each other one: every server refuses that device from then on. */
export function DeviceList({ api, quiet, store, user, actions }: DeviceListProps) {
  const { content, trouble, again } = usePolled(quiet.devices, store);
  const [failure, setFailure] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  /** What was refused for want of a recent login. */
  const [refused, setRefused] = useState<(() => Promise<Answer<undefined>>) | null>(null);
  const end = async (call: () => Promise<Answer<undefined>>) => {
    // The pressed button goes away.
    heading.current?.focus();
    const answer = await call();
    const isTooOld = !answer.ok && answer.code === 'login_too_old';
    setRefused(isTooOld ? () => call : null);
    if (isTooOld) return setFailure(null);
    setFailure(answer.ok ? null : failureSentence(answer, store));
    await again();
  };
  const devices = content?.sessions ?? [];
  const said = failure ?? trouble;
  return (
    <section aria-labelledby="devices-title">
      <h2 id="devices-title" ref={heading} tabIndex={-1}>
        Devices
      </h2>
      <ul className="devices">
        {devices.map((device) => (
          <li key={device.id}>
            <span>
              <strong>{deviceName(device.userAgent)}</strong>
              {device.current ? ' (this one)' : ''}
              <span className="hint"> last seen {timeText(device.lastSeenAt)}</span>
            </span>
            {device.current ? null : (
              <button
                type="button"
                aria-label={`End this one: ${deviceName(device.userAgent)}, last seen ${timeText(device.lastSeenAt)}`}
                onClick={() => void end(() => api.endDevice(device.id))}
              >
                End this one
              </button>
            )}
          </li>
        ))}
      </ul>
      {devices.length > 2 ? (
        <button type="button" onClick={() => void end(api.endOtherDevices)}>
          End all others
        </button>
      ) : null}
      {refused === null ? null : (
        <LogInAgain user={user} actions={actions} store={store} onDone={() => void end(refused)} />
      )}
      {said === null ? null : (
        <p className="complaint" role="alert">
          {said}
        </p>
      )}
    </section>
  );
}
