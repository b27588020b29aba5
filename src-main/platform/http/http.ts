import type { LedgerEntry } from '#shared/contract/admin.ts';
import { ContractError, type ErrorCode, isContractError } from '#shared/transport/errors.ts';
import { isPublicAddress } from './addresses.ts';
import { isLoopback, type Refusal } from './guard.ts';
import type { NetworkPolicy } from './policy.ts';
import type { Transport, TransportAnswer } from './transport.ts';

export interface EgressLedger {
  /**
   * Keeps an entry; a request leaves only after its entry is kept. What it answers with is given
   * to `complete`.
   */
  append(entry: LedgerEntry): unknown;
  /** Adds to a kept entry how the request ended. Without it the entry stands as it was written first. */
  complete?(kept: unknown, end: Pick<LedgerEntry, 'outcome' | 'bytesIn' | 'status' | 'reason'>): unknown;
}

export interface HttpTerms {
  readonly policy: NetworkPolicy;
  readonly ledger: EgressLedger;
  readonly transport: Transport;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  /** Why it leaves, as the user allowed it: `feed:kev`. */
  readonly purpose: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** The most bytes of an answer; 64 MiB unless given. */
  readonly maxBytes?: number;
  /** Milliseconds for everything; a minute unless given. */
  readonly timeout?: number;
}

export interface HttpAnswer {
  /** Where the answer came from, after redirections. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

const usualBytes = 64 * 1024 * 1024;
const usualTime = 60_000;
const mostRedirections = 5;

/**
 * The only way out. Each request, and each redirection anew, is checked against the policy by
 * exact host and purpose; its name is looked up once and the connection goes to the address that
 * was checked; every attempt stands in the ledger. Throws `network_denied`, `too_large`,
 * `timed_out`, `cancelled` or `unavailable`.
 */
export function createHttp({ policy, ledger, transport, now }: HttpTerms): Http {
  const hop = async (url: URL, request: HttpRequest, headers: Record<string, string>, signal: AbortSignal): Promise<TransportAnswer> => {
    const method = request.method ?? 'GET';
    const entry: LedgerEntry = {
      at: new Date(now()).toISOString(),
      host: url.hostname,
      port: portOf(url),
      method,
      path: url.pathname.slice(0, 2000),
      purpose: request.purpose,
      outcome: 'refused',
      bytesOut: 0,
      bytesIn: 0,
    };
    const refuse = async (reason: string): Promise<never> => {
      await ledger.append({ ...entry, reason });
      throw new ContractError('network_denied', `The request to ${url.hostname} for “${request.purpose}” was refused: ${reason}.`);
    };

    const name = url.host.toLowerCase();
    if (url.username !== '' || url.password !== '') return refuse('an address must not hold a name or password');
    if (!policy.allows(name, request.purpose)) return refuse('the user has not allowed this host for this purpose');
    const mayBePrivate = policy.allowsPrivate(name, request.purpose);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePrivate && isLoopback(literal)))
      return refuse('only https may leave this machine');

    let addresses: readonly string[];
    try {
      addresses = await transport.resolve(literal);
    } catch (error) {
      await ledger.append({ ...entry, outcome: 'failed', reason: `its name could not be looked up (${codeOf(error)})` });
      throw new ContractError('unavailable', `${url.hostname} could not be found: its name could not be looked up.`, { cause: error });
    }
    const [address] = addresses;
    if (address === undefined) return refuse('its name has no address');
    // All of them: a name with one address inside and one outside is the mark of rebinding.
    const inside = addresses.find((one) => !isPublicAddress(one));
    if (inside !== undefined && !mayBePrivate) return refuse(`its name leads to ${inside}, which is no address of the open internet`);

    signal.throwIfAborted();
    const bytesOut = request.body?.length ?? 0;
    const kept = await ledger.append({ ...entry, outcome: 'sent', bytesOut });
    try {
      const answer = await transport.send({
        url,
        address,
        port: portOf(url),
        method,
        headers,
        ...(request.body ? { body: request.body } : {}),
        maxBytes: request.maxBytes ?? usualBytes,
        signal,
      });
      await ledger.complete?.(kept, { outcome: 'sent', bytesIn: answer.body.length, status: answer.status });
      return answer;
    } catch (error) {
      await ledger.complete?.(kept, { outcome: 'failed', bytesIn: 0, reason: isContractError(error) ? error.code : codeOf(error) });
      throw error;
    }
  };

  return {
    async request(request) {
      const time = AbortSignal.timeout(request.timeout ?? usualTime);
      const signal = request.signal ? AbortSignal.any([request.signal, time]) : time;
      let url = parse(request.url);
      let asked = request;
      let headers = cleanHeaders(request.headers ?? {});
      try {
        for (let redirections = 0; ; redirections++) {
          const answer = await hop(url, asked, headers, signal);
          const location = isRedirection(answer.status) ? answer.headers.location : undefined;
          if (location === undefined) return { url: url.href, ...answer };
          if (redirections === mostRedirections) throw new ContractError('unavailable', `${url.hostname} redirected too often.`);
          const next = parse(new URL(location, url).href);
          // What was meant for one host is not shown to the next.
          if (next.origin !== url.origin) headers = withoutCredentials(headers);
          if (answer.status === 303 || (answer.status < 307 && asked.method === 'POST')) {
            const { body: _, ...rest } = asked;
            asked = { ...rest, method: 'GET' };
          }
          url = next;
        }
      } catch (error) {
        if (isContractError(error)) throw error;
        const [code, sentence] = endOf(error, request.signal, time, url);
        throw new ContractError(code, sentence, { cause: error });
      }
    },
  };
}

/** How something that tried to bypass all this stands in the ledger. */
export function entryOfRefusal({ at, by, host, port }: Refusal): LedgerEntry {
  return {
    at: new Date(at).toISOString(),
    host,
    port,
    method: by,
    path: '',
    purpose: 'none: it passed platform/http by',
    outcome: 'refused',
    bytesOut: 0,
    bytesIn: 0,
    reason: 'the network guard refuses whatever does not come by platform/http',
  };
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw new ContractError('invalid_input', 'A request needs a whole address, as in https://example.org/feed.json.');
  return url;
}

function portOf(url: URL): number {
  return url.port !== '' ? Number(url.port) : url.protocol === 'http:' ? 80 : 443;
}

function isRedirection(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Lower-case names; the connection's own headers are ours to set. */
function cleanHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'accept-encoding']);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (own.has(name.toLowerCase()) ? [] : [[name.toLowerCase(), value]])),
  );
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization)$|key|token|secret/.test(name)),
  );
}

function endOf(error: unknown, given: AbortSignal | undefined, time: AbortSignal, url: URL): [ErrorCode, string] {
  if (given?.aborted) return ['cancelled', 'Cancelled.'];
  if (time.aborted) return ['timed_out', `${url.hostname} did not answer in time.`];
  return ['unavailable', `${url.hostname} could not be reached (${codeOf(error)}).`];
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'no further reason';
}
