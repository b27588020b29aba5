import { lookup } from 'node:dns/promises';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { ContractError } from '#shared/transport/errors.ts';
import { pass } from './passage.ts';

export interface TransportRequest {
  readonly url: URL;
  /** The checked address to connect to; the name is only shown to it. */
  readonly address: string;
  readonly port: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface TransportAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The wire. Tests bring their own. */
export interface Transport {
  /** All addresses of a name; an address stands for itself. */
  resolve(host: string): Promise<readonly string[]>;
  send(request: TransportRequest): Promise<TransportAnswer>;
}

/** The real one, past the guard for just this look-up and just this connection. */
export const nodeTransport: Transport = {
  async resolve(host) {
    if (isIP(host) !== 0) return [host];
    const found = await pass({ kind: 'look-up', host }, () => lookup(host, { all: true }));
    return found.map(({ address }) => address);
  },

  send({ url, address, port, method, headers, body, maxBytes, signal }) {
    return new Promise((resolve, reject) => {
      const options = {
        host: address,
        port,
        method,
        path: `${url.pathname}${url.search}`,
        headers: { ...headers, host: url.host, 'accept-encoding': 'identity', ...(body ? { 'content-length': String(body.length) } : {}) },
        // A connection of its own: none is kept for a later request that may go elsewhere.
        agent: false as const,
        signal,
        ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
      };
      const start = url.protocol === 'http:' ? plainRequest : secureRequest;
      pass({ kind: 'connect', address, port }, () => {
        const sent = start(options, (answer) => {
          const pieces: Buffer[] = [];
          let size = 0;
          answer.on('data', (piece: Buffer) => {
            size += piece.length;
            pieces.push(piece);
            if (size > maxBytes)
              answer.destroy(
                new ContractError('too_large', `The answer of ${url.hostname} is larger than ${maxBytes.toLocaleString('en')} bytes.`),
              );
          });
          answer.on('error', reject);
          answer.on('end', () => {
            if (answer.complete)
              resolve({ status: answer.statusCode ?? 0, headers: flat(answer.headers), body: new Uint8Array(Buffer.concat(pieces)) });
            else reject(new ContractError('unavailable', `The answer of ${url.hostname} broke off.`));
          });
        });
        sent.on('error', reject);
        sent.end(body);
      });
    });
  },
};

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
