import './without-eval.js';
import { App } from './app.js';
import { show } from './show.js';
import './design/theme.css';
import './design/controls.css';
import './design/lab.css';

show(<App />);
