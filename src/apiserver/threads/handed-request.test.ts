import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { HANDED_HEADER, handedHeader, takeHanded } from './handed-request.ts';

const alice = { user: { name: 'alice', groups: ['dev'] }, remoteAddress: '10.0.0.1' };

function requestWith(header: string | undefined): IncomingMessage {
  return { headers: { [HANDED_HEADER]: header } } as unknown as IncomingMessage;
}

describe('a request that is handed over', () => {
  it('says who sends it, and no longer says it to those it is passed on to', () => {
    for (const facts of [alice, { ...alice, remoteAddress: '10.0.0.2' }, alice]) {
      const request = requestWith(handedHeader('secret', facts));
      expect(takeHanded(request, 'secret')).toEqual(facts);
      expect(request.headers).not.toHaveProperty(HANDED_HEADER);
    }
  });

  it.each([undefined, '', 'secret', handedHeader('other', alice), ` ${handedHeader('', alice)}`])(
    'is nobody without the secret: %s',
    (header) => {
      const request = requestWith(header);
      expect(takeHanded(request, 'secret 1')).toBeUndefined();
      expect(request.headers).not.toHaveProperty(HANDED_HEADER);
    },
  );
});
