import { useRef, useState } from 'react';
import type { Answer, Api } from '../client/api.js';
import { deviceName } from './device-name.js';
import { timeText } from './time-text.js';
import { usePolled } from './use-polled.js';

interface DeviceListProps {
  readonly api: Api;
  readonly refresh: () => Promise<void>;
}

/** Where the user is signed in, with a button that ends each: every server refuses that device from then on. */
export function DeviceList({ api, refresh }: DeviceListProps) {
  const { content, trouble, again } = usePolled(api.devices);
  const [failure, setFailure] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const end = async (call: Promise<Answer<undefined>>, isCurrent: boolean) => {
    // The pressed button goes away.
    heading.current?.focus();
    const answer = await call;
    setFailure(answer.ok ? null : answer.detail);
    await (isCurrent ? refresh() : again());
  };
  const devices = content?.sessions ?? [];
  return (
    <section aria-labelledby="devices-title">
      <h3 id="devices-title" ref={heading} tabIndex={-1}>
        Devices
      </h3>
      <ul className="devices">
        {devices.map((device) => (
          <li key={device.id}>
            <span>
              <strong>{deviceName(device.userAgent)}</strong>
              {device.current ? ' (this one)' : ''}
              <span className="hint"> last seen {timeText(device.lastSeenAt)}</span>
            </span>
            <button
              type="button"
              aria-label={`End this one: ${deviceName(device.userAgent)}, last seen ${timeText(device.lastSeenAt)}`}
              onClick={() => void end(api.endDevice(device.id), device.current)}
            >
              End this one
            </button>
          </li>
        ))}
      </ul>
      {devices.length > 1 ? (
        <button type="button" onClick={() => void end(api.endOtherDevices(), false)}>
          End all others
        </button>
      ) : null}
      {(failure ?? trouble) === null ? null : (
        <p className="complaint" role="alert">
          {failure ?? trouble}
        </p>
      )}
    </section>
  );
}
