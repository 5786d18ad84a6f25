import { accountRepositoryContract } from './account-repository.contract.js';
import { MemoryAccountRepository } from './memory-account.repository.js';

accountRepositoryContract('memory', () => new MemoryAccountRepository());
