/** The script of a run on a cluster: the lab's journeys, bundled into one file. The variable JOURNEY says which one its users walk. */

// It makes the plan that the other modules read.
import './cluster-plan.ts';

import chatJourney from './chat-journey.ts';
import { journey } from './cluster-plan.ts';
import devicesJourney from './devices-journey.ts';
import stepsJourney from './steps-journey.ts';

export { handleSummary, options } from './run-options.ts';

export default journey.script === 'chat-journey'
  ? chatJourney
  : journey.script === 'devices-journey'
    ? devicesJourney
    : stepsJourney;
