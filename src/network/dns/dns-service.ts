import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Question,
  RECURSION_AVAILABLE,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { ClusterRecords } from './cluster-records.ts';
import { answerCluster, type ZoneOptions } from './cluster-zone.ts';
import { type DnsAnswer, RCODES } from './dns-answer.ts';

/** Forward passes a query on, and answers the reply; undefined when nobody replied. */
export type Forward = (query: Buffer) => Promise<Buffer | undefined>;

/** DnsServiceDeps are what questions are answered from. */
export interface DnsServiceDeps {
  readonly records: ClusterRecords;
  readonly forward: Forward;
  readonly zone: ZoneOptions;
  /** ready tells whether the records are complete; before that no name is said not to exist. */
  ready(): boolean;
}

const NOTHING = { answers: [], authorities: [], additionals: [] } as const;
const MAX_UDP_BYTES = 512;
const OWN_UDP_BYTES = 1232;

/**
 * newDnsService answers whole DNS messages with whole DNS messages; undefined for what deserves no
 * reply. `udp` replies fit the size that the client can take, else they are marked as truncated.
 */
export function newDnsService(
  deps: DnsServiceDeps,
): (message: Buffer, over: 'udp' | 'tcp') => Promise<Buffer | undefined> {
  return async (message, over) => {
    const query = decodeQuery(message);
    if (query === undefined) return undefined;
    const reply = await answerQuery(message, query, deps);
    return over === 'tcp' ? reply : fitted(reply, query);
  };
}

function decodeQuery(message: Buffer): DecodedPacket | undefined {
  try {
    const query = decode(message);
    return query.type === 'query' ? query : undefined;
  } catch {
    return undefined;
  }
}

async function answerQuery(
  message: Buffer,
  query: DecodedPacket,
  deps: DnsServiceDeps,
): Promise<Buffer> {
  const [question, ...more] = query.questions ?? [];
  if (question === undefined || more.length > 0) {
    return reply(query, { rcode: 'NOTIMP', ...NOTHING });
  }
  const own = answerCluster(question, deps.records, deps.zone);
  if (own === undefined) {
    return (await deps.forward(message)) ?? reply(query, { rcode: 'SERVFAIL', ...NOTHING });
  }
  if (!deps.ready()) return reply(query, { rcode: 'SERVFAIL', ...NOTHING });
  return reply(query, await chased(own, question, deps));
}

/** chased adds what the target of an ExternalName's CNAME resolves to. */
async function chased(
  own: DnsAnswer,
  question: Question,
  deps: DnsServiceDeps,
): Promise<DnsAnswer> {
  const [alias] = own.answers;
  if (alias?.type !== 'CNAME' || question.type === 'CNAME') return own;
  const target: Question = { type: question.type, class: 'IN', name: String(alias.data) };
  const inside = answerCluster(target, deps.records, deps.zone);
  const rest = inside?.answers ?? (await forwarded(target, deps.forward));
  return { ...own, answers: [alias, ...rest] };
}

async function forwarded(question: Question, forward: Forward): Promise<readonly Answer[]> {
  // RD is the flag 0x100: please resolve it all the way.
  const query = encode({ type: 'query', id: 0, flags: 0x100, questions: [question] });
  const answer = await forward(query);
  return answer === undefined ? [] : (decodeAnswers(answer) ?? []);
}

function decodeAnswers(message: Buffer): readonly Answer[] | undefined {
  try {
    return decode(message).answers;
  } catch {
    return undefined;
  }
}

function reply(query: DecodedPacket, answer: DnsAnswer): Buffer {
  const asksRecursion = query.flag_rd ? 0x100 : 0;
  const options = optionsOf(query);
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | asksRecursion | RCODES[answer.rcode],
    questions: query.questions ?? [],
    answers: [...answer.answers],
    authorities: [...answer.authorities],
    additionals: [...answer.additionals, ...(options === undefined ? [] : [ownOptions()])],
  });
}

function optionsOf(query: DecodedPacket) {
  return (query.additionals ?? []).find((one) => one.type === 'OPT');
}

function ownOptions(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: OWN_UDP_BYTES,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

function fitted(message: Buffer, query: DecodedPacket): Buffer {
  const options = optionsOf(query);
  const offered = options?.type === 'OPT' ? options.udpPayloadSize : 0;
  if (message.length <= Math.max(MAX_UDP_BYTES, offered)) return message;
  const flags = message.readUInt16BE(2) & 0x7fff;
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: flags | TRUNCATED_RESPONSE,
    questions: query.questions ?? [],
  });
}
