export { type ControlAnswer, type ControlOptions, type ControlRequest, serveControl } from './control-server.js';
export { Fleet, type FleetHooks, type FleetOptions } from './fleet.js';
export { type AppPlan, type FleetPlan, fleetPlan } from './fleet-plan.js';
export { type Guardian, guardian } from './guardian/guardian.js';
export { isAlive, processGroup, startedAt } from './guardian/process-identity.js';
export { freePort, isPortFree } from './ports.js';
export { isStopped, type ProcessUsage, readProcessUsage } from './process-usage.js';
export { type ControlledProcess, Replica, type ReplicaState, type ReplicaStatus } from './replica.js';
export { restartDelayMs } from './restart-delay.js';
