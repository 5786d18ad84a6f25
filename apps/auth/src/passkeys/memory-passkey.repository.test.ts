import { MemoryPasskeyRepository } from './memory-passkey.repository.js';
import { passkeyRepositoryContract } from './passkey-repository.contract.js';

passkeyRepositoryContract('memory', () => new MemoryPasskeyRepository());
