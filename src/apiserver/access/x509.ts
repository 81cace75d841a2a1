import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** x509 is the certificate library, ready for use. Import this module only when one is made: it is slow to load. */
export { x509 };
