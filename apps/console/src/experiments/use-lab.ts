import { useCallback, useEffect, useState } from 'react';
import { AdminError } from '../admin/admin-client.js';
import type { Experiment, LabClient, LabRun, ReportHead } from './lab-client.js';

const POLL_MS = 1000;

/** What the lab can do and does, a second old at most, and its earlier reports. */
export function useLab(lab: LabClient) {
  const [experiments, setExperiments] = useState<readonly Experiment[]>([]);
  const [reports, setReports] = useState<readonly ReportHead[]>([]);
  const [run, setRun] = useState<LabRun | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const isRunning = run?.state === 'running' || run?.state === 'stopping';

  const attempt = useCallback(async (act: () => Promise<void>) => {
    try {
      await act();
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof AdminError ? error.message : 'The lab could not be asked. Reload the page.');
    }
  }, []);

  useEffect(() => {
    void attempt(async () => setExperiments(await lab.experiments()));
    void attempt(async () => setRun(await lab.run()));
  }, [lab, attempt]);
  // A report appears with the first run of an experiment and is complete at its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever an experiment begins or ends
  useEffect(() => {
    void attempt(async () => setReports(await lab.reports()));
  }, [lab, attempt, isRunning]);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void attempt(async () => setRun(await lab.run())), POLL_MS);
    return () => clearInterval(timer);
  }, [lab, attempt, isRunning]);

  return {
    ...{ experiments, reports, run, trouble, isRunning },
    start: (name: string) => attempt(async () => setRun(await lab.start(name))),
    stop: () => {
      setRun((last) => (last === null ? null : { ...last, state: 'stopping' }));
      return attempt(async () => setRun(await lab.stop()));
    },
  };
}
