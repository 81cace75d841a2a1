import { createHash } from 'node:crypto';

/** flowHash is a hash of 64 bits that stands for a flow: a schema's name and a distinguisher. */
export function flowHash(schema: string, distinguisher: string): bigint {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(schema.length, 0);
  lengths.writeUInt32LE(distinguisher.length, 4);
  const hash = createHash('sha256').update(lengths).update(schema).update(distinguisher).digest();
  return hash.readBigUInt64LE(0);
}

/**
 * dealHand draws `handSize` different cards from a deck, as the hash says: two flows rarely get
 * the same hand, so that one that floods its queues leaves most others a queue of their own.
 */
export function dealHand(hash: bigint, deckSize: number, handSize: number): number[] {
  const hand: number[] = [];
  let rest = hash;
  for (let index = 0; index < handSize; index += 1) {
    const left = BigInt(deckSize - index);
    let card = Number(rest % left);
    rest /= left;
    // The card is counted among those still in the deck: step over those that are gone.
    for (const gone of [...hand].sort((a, b) => a - b)) if (gone <= card) card += 1;
    hand.push(card);
  }
  return hand;
}
