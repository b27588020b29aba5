import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Channel } from '#shared/transport/channel.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Log } from '../host.ts';
import { securityHeaders } from './headers.ts';
import { newToken, sameSecret } from './secret.ts';
import { maxFrame, socketChannel } from './socket-channel.ts';
import { listStaticFiles } from './static-files.ts';

export interface LoopbackTerms {
  /** Folder of the built face. */
  readonly filesDir: string;
  /** 0, or left out: any free port. */
  readonly port?: number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly now: () => number;
  readonly log: Log;
  /** A page that showed the token is at the other end. */
  readonly onChannel: (channel: Channel) => void;
}

export interface Loopback {
  readonly port: number;
  /** `http://127.0.0.1:PORT`: no secret in it. */
  readonly origin: string;
  /** Address for a person to open; its fragment holds the token, and a fragment is never sent. */
  readonly address: string;
  /** An address for a program to open: its code works once, within a minute, for others see arguments. */
  launchAddress(): string;
  close(): Promise<void>;
}

/** The one subprotocol; the token travels beside it, in a header no log or referrer holds. */
export const subprotocol = 'redoubt.v1';
const channelPath = '/channel';
const sessionPath = '/session';
const launchTime = 60_000;
const maxSockets = 32;
const wrongTokensAllowed = 100;

/**
 * Serves the face and the channel on 127.0.0.1 only. Host and Origin are checked on every
 * request (against DNS rebinding and cross-site sockets); nothing but the face's own, public
 * files is served without the token of this run.
 */
export async function startLoopback(terms: LoopbackTerms): Promise<Loopback> {
  const files = listStaticFiles(terms.filesDir);
  const token = newToken(terms.randomBytes);
  const launches = new Map<string, number>();
  let wrongTokens = 0;
  let origin = '';
  let hosts: readonly string[] = [];
  let headers: Record<string, string> = {};

  const ofOurHost = (request: IncomingMessage) => hosts.includes(request.headers.host ?? '');
  const ofOurPage = (request: IncomingMessage) =>
    request.headers.origin !== undefined && `http://${request.headers.host}` === request.headers.origin;
  const isToken = (given: string) => {
    if (wrongTokens >= wrongTokensAllowed) return false;
    const right = sameSecret(given, token);
    if (!right && ++wrongTokens === wrongTokensAllowed) terms.log.warn('too many wrong tokens: no new page is let in until the next start');
    return right;
  };

  const answer = (response: ServerResponse, status: number, type: string, body: string | Buffer, more: Record<string, string> = {}) => {
    response.writeHead(status, {
      ...headers,
      'content-type': type,
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      ...more,
    });
    response.end(body);
  };
  const refuse = (response: ServerResponse, status: number, sentence: string) =>
    answer(response, status, 'text/plain; charset=utf-8', `${sentence}\n`);

  /** The token for a launch code, or a look at whether a token is still the one of this run. */
  const openSession = async (request: IncomingMessage, response: ServerResponse) => {
    if (!ofOurPage(request)) return refuse(response, 403, 'Only Redoubt’s own page may ask this.');
    const asked = await readSmallJson(request);
    const given = (name: string) => {
      const value =
        typeof asked === 'object' && asked !== null && Object.hasOwn(asked, name) ? (asked as Record<string, unknown>)[name] : undefined;
      return typeof value === 'string' ? value : undefined;
    };
    const code = given('launch');
    if (code !== undefined) {
      const until = launches.get(code);
      launches.delete(code);
      if (until === undefined || until < terms.now())
        return refuse(response, 401, 'This link was used before or is too old; open the address that Redoubt printed.');
    } else if (!isToken(given('token') ?? '')) {
      return refuse(response, 401, 'This address is not of the Redoubt that runs now; open the address that it printed.');
    }
    answer(response, 200, 'application/json; charset=utf-8', JSON.stringify({ token }));
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    if (!ofOurHost(request)) return refuse(response, 421, 'This host name is not Redoubt’s; open the address that it printed.');
    if (request.headers.origin !== undefined && !ofOurPage(request)) return refuse(response, 403, 'Requests from other pages are refused.');
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === sessionPath) {
      if (request.method !== 'POST') return refuse(response, 405, 'Only POST is answered here.');
      return openSession(request, response);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET is answered here.');
    const file = files.get(path);
    if (!file) return refuse(response, 404, 'There is nothing here.');
    const body = await file.read();
    const lasting = file.immutable ? 'private, max-age=31536000, immutable' : 'no-store';
    answer(response, 200, file.type, body, { 'cache-control': lasting });
  };

  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    onRequest(request, response).catch((error: unknown) => {
      terms.log.error('loopback: a request failed', error);
      if (!response.headersSent) refuse(response, 500, 'Something went wrong; the log has the details.');
      else response.destroy();
    });
  });
  server.maxConnections = 256;

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrame,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const shown = offered.find((name) => name.startsWith('token.'))?.slice('token.'.length) ?? '';
    if (!ofOurHost(request) || !ofOurPage(request) || request.url !== channelPath) return refuseUpgrade(socket, '403 Forbidden');
    if (!offered.includes(subprotocol) || !isToken(shown)) return refuseUpgrade(socket, '401 Unauthorized');
    if (sockets.clients.size >= maxSockets) return refuseUpgrade(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (webSocket) => terms.onChannel(socketChannel(webSocket)));
  });

  const port = await listen(server, terms.port ?? 0);
  hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  origin = `http://127.0.0.1:${port}`;
  headers = securityHeaders(`ws://127.0.0.1:${port} ws://localhost:${port}`);

  return {
    port,
    origin,
    address: `${origin}/#token=${token}`,
    launchAddress() {
      const code = newToken(terms.randomBytes);
      launches.set(code, terms.now() + launchTime);
      return `${origin}/#launch=${code}`;
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.close(1001);
        server.close(() => resolve());
        setTimeout(() => {
          for (const client of sockets.clients) client.terminate();
          server.closeAllConnections();
        }, 200).unref();
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken by another program; choose another with --port, or leave --port out for a free one.`
          : error.code === 'EACCES'
            ? `Port ${port} needs rights you do not have; choose one above 1023 with --port.`
            : `Redoubt could not listen on 127.0.0.1:${port} (${error.code ?? error.message}).`;
      reject(new ContractError('unavailable', sentence, { cause: error }));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function readSmallJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const piece of request) {
    text += String(piece);
    if (text.length > 1024) return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
