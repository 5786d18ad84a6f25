import { activityRepositoryContract } from './activity-repository.contract.js';
import { MemoryActivityRepository } from './memory-activity.repository.js';

activityRepositoryContract('memory', () => new MemoryActivityRepository());
