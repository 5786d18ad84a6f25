import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { CrashNotice } from './design/crash-notice.js';
import './design/theme.css';
import './design/controls.css';
import './design/lab.css';
import './design/client.css';
import './design/overlays/overlays.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <CrashNotice>
        <App />
      </CrashNotice>
    </StrictMode>,
  );
}
