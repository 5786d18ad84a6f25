export { describeScenarios } from './describe-scenarios.js';
export {
  type Expectation,
  expectationShape,
  type Fate,
  fateInWords,
  type ScenarioDescription,
  scenarioDescriptionShape,
} from './scenario.js';
export { parseSystem, readSystem, type System } from './system-file.js';
