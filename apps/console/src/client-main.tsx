import './without-eval.js';
import { ScenarioClient } from './client/scenario-client.js';
import { placeOf } from './place.js';
import { show } from './show.js';
import './design/theme.css';
import './design/controls.css';
import './design/client.css';

const { hostname } = window.location;
const place = placeOf(hostname);
show(<ScenarioClient name={place.kind === 'scenario' ? place.name : hostname} />);
