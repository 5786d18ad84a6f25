import './without-eval.js';
import { ScenarioClient } from './client/scenario-client.js';
import { placeOf } from './place.js';
import { show } from './show.js';
import './design/theme.css';
import './design/controls.css';
import './design/client.css';

const place = placeOf(window.location.hostname);
if (place.kind === 'scenario') show(<ScenarioClient name={place.name} />);
