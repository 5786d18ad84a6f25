/** The script of a run on a cluster: the lab's journeys, bundled into one file. The variable JOURNEY says which one its users walk. */

// It makes the plan that the other modules read.
import './cluster-plan.ts';

import chatJourney, { handleSummary as summaryOfChat } from './chat-journey.ts';
import { journey } from './cluster-plan.ts';
import devicesJourney from './devices-journey.ts';
import stepsJourney, { handleSummary as summaryOfSteps } from './steps-journey.ts';

export { options } from './run-options.ts';

const ofChat = journey.script === 'chat-journey';

export const handleSummary = ofChat ? summaryOfChat : summaryOfSteps;
export default ofChat ? chatJourney : journey.script === 'devices-journey' ? devicesJourney : stepsJourney;
