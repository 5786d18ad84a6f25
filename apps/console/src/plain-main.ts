import './design/theme.css';
import { labOrigin } from './place.js';
import { DEFAULT_CHOICE } from './scenario/scenario-choice.js';

// At plain `localhost`: moves on to the comparison page, or says why this browser cannot show it. No part of that page is loaded here.
const lab = labOrigin(window.location.port);
// Asked first, because a browser that does not resolve the name would end on an error page without a word of why.
fetch(`${lab}/healthz`, { mode: 'no-cors', cache: 'no-store' }).then(
  () => window.location.replace(`${lab}/`),
  () => {
    const hosts = ['lab', ...Object.values(DEFAULT_CHOICE).map((scenario) => `${scenario}.lab`)];
    const main = document.querySelector('main');
    const line = document.querySelector('pre');
    if (main === null || line === null) return;
    line.textContent = `127.0.0.1 ${hosts.map((host) => `${host}.localhost`).join(' ')}`;
    main.hidden = false;
  },
);
