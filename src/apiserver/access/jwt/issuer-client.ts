import { Agent, request } from 'undici';
import { namedTrustIn } from '../../../client/trust.ts';
import { isJsonObject, type JsonObject } from '../../../machinery/json-value.ts';

const TIMEOUT_MS = 30_000;
/** An issuer has no reason to send more. */
const MAX_BYTES = 4 * 1024 * 1024;

/** IssuerAnswer is what an issuer sent. */
interface IssuerAnswer {
  readonly code: number;
  readonly text: string;
}

/** IssuerClient gets documents of issuers, with the authorities that their configuration trusts. */
export class IssuerClient {
  readonly #agent: Agent;

  /** Without a PEM bundle the authorities of the system are trusted. */
  constructor(caPem: string | undefined) {
    this.#agent = new Agent({
      connect: { ...namedTrustIn(caPem), timeout: TIMEOUT_MS },
      maxResponseSize: MAX_BYTES,
    });
  }

  /** json gets a JSON object; throws an Error that says why there is none. */
  async json(url: string): Promise<JsonObject> {
    const { code, text } = await this.#get(url, {});
    if (code !== 200) throw new Error(`${code}: ${text.trim()}`);
    const value: unknown = JSON.parse(text);
    if (!isJsonObject(value)) throw new Error(`${url} answered no object`);
    return value;
  }

  /** text gets what a URL holds, with a bearer token where there is one. */
  async text(url: string, token: string): Promise<string> {
    const { code, text } = await this.#get(
      url,
      token === '' ? {} : { authorization: `Bearer ${token}` },
    );
    if (code < 200 || code > 226) {
      throw new Error(`error while getting distributed claim JWT: ${code}`);
    }
    return text;
  }

  async #get(url: string, headers: Record<string, string>): Promise<IssuerAnswer> {
    try {
      const { statusCode, body } = await request(url, {
        dispatcher: this.#agent,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { code: statusCode, text: await body.text() };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Get ${JSON.stringify(url)}: ${reason}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
