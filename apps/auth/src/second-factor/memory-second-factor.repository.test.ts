import { MemorySecondFactorRepository } from './memory-second-factor.repository.js';
import { secondFactorRepositoryContract } from './second-factor-repository.contract.js';

secondFactorRepositoryContract('memory', () => new MemorySecondFactorRepository());
