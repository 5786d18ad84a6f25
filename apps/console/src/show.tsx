import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { CrashNotice } from './design/crash-notice.js';

/** Shows `content` as this page. */
export function show(content: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <CrashNotice>{content}</CrashNotice>
    </StrictMode>,
  );
}
