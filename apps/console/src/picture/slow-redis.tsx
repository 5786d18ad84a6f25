import { useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import { LeverButton } from './lever-button.js';
import type { LeverPlace } from './use-levers.js';

const CHOICES_MS = [0, 50, 200, 1_000, 5_000];

interface SlowRedisProps {
  readonly admin: AdminClient;
  readonly levers: LeverPlace;
}

/** Delays every answer of Redis, where the system was started with a proxy in front of it; else the answer says how. */
export function SlowRedis({ admin, levers }: SlowRedisProps) {
  const [ms, setMs] = useState(200);
  return (
    <span className="picture-slow">
      <label>
        Slow by{' '}
        <select value={ms} onChange={(event) => setMs(Number(event.target.value))}>
          {CHOICES_MS.map((choice) => (
            <option key={choice} value={choice}>
              {choice} ms
            </option>
          ))}
        </select>
      </label>
      <LeverButton
        place={levers}
        lever={{
          label: `Slow Redis by ${ms} ms`,
          will: 'Every command takes that much longer: requests that need Redis wait, or are refused with 503. Near caches still answer.',
          act: () => admin.slow('redis', ms),
        }}
      >
        Slow
      </LeverButton>
    </span>
  );
}
