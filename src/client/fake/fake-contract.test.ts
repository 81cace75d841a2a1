import { clientContract } from '../contract.ts';
import { newFakeClient } from './fake-client.ts';

clientContract('fake', async () => ({ client: newFakeClient(), close: async () => undefined }));
