import { storeContract } from '../contract.ts';
import { newMemoryStore } from './memory-store.ts';

storeContract('newMemoryStore', async () => newMemoryStore());
