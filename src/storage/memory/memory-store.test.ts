import { storeContract } from '../contract/store-contract.ts';
import { newMemoryStore } from './memory-store.ts';

storeContract('newMemoryStore', async () => newMemoryStore());
