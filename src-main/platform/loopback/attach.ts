import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Channel } from '#shared/transport/channel.ts';
import { newToken, sameSecret } from './secret.ts';
import { maxFrame, socketChannel } from './socket-channel.ts';

/** What `attach.json` in the workspace's folder says, readable by its owner only. */
const AttachFile = z.strictObject({
  version: z.literal(1),
  pid: z.int(),
  /** Path of a Unix socket, or name of a pipe on Windows. */
  socket: z.string().max(200),
  token: z.string().max(100),
});
type AttachFile = z.infer<typeof AttachFile>;

/** A Unix socket's path is at most 103 bytes on macOS, 107 on Linux. */
const longestPath = 100;
const folderPrefix = 'redoubt-';
const openTime = 3000;

export interface AttachTerms {
  /** The workspace's folder; it must exist. */
  readonly dataDir: string;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** A program that read the token is at the other end. */
  readonly onChannel: (channel: Channel) => void;
}

export interface Attachable {
  close(): Promise<void>;
}

/**
 * Listens on a socket of this machine in a folder of its own (mode 0700) and writes where and
 * with what token into `attach.json` (mode 0600) beside the workspace, until it is closed.
 */
export async function listenForAttachments(terms: AttachTerms): Promise<Attachable> {
  const file = attachFile(terms.dataDir);
  const token = newToken(terms.randomBytes);
  const place = newPlace(terms.randomBytes);
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrame, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const shown = request.headers.authorization ?? '';
    // No page may come this way, even if a browser should learn to reach such sockets.
    if (request.headers.origin !== undefined || !sameSecret(shown, `Bearer ${token}`)) {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => terms.onChannel(socketChannel(webSocket)));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: place.socket }, resolve);
    });
    if (place.folder) chmodSync(place.socket, 0o600);
    const content: AttachFile = { version: 1, pid: process.pid, socket: place.socket, token };
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    server.close();
    if (place.folder) rmSync(place.folder, { recursive: true, force: true });
    throw error;
  }
  return {
    async close() {
      if (readAttachFile(file)?.token === token) rmSync(file, { force: true });
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      if (place.folder) rmSync(place.folder, { recursive: true, force: true });
    },
  };
}

/**
 * A channel to the engine that has this workspace open, or undefined where none has. What a
 * killed engine left behind is cleared away.
 */
export async function attach(dataDir: string): Promise<Channel | undefined> {
  const file = attachFile(dataDir);
  const found = readAttachFile(file);
  if (!found) return undefined;
  try {
    return await open(found);
  } catch {
    if (!isAlive(found.pid)) clear(file, found);
    return undefined;
  }
}

function open({ socket: path, token }: AttachFile): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://localhost/', {
      createConnection: () => connect(path),
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      // Answers may hold pictures of the whole graph.
      maxPayload: 1024 * 1024 * 1024,
    });
    const timer = setTimeout(() => socket.terminate(), openTime);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('open', () => {
      clearTimeout(timer);
      resolve(socketChannel(socket));
    });
  });
}

function newPlace(randomBytes: AttachTerms['randomBytes']): { socket: string; folder?: string } {
  if (process.platform === 'win32') return { socket: `\\\\.\\pipe\\${folderPrefix}${newToken(randomBytes)}` };
  const nameLength = `/${folderPrefix}XXXXXX/s`.length;
  const base = Buffer.byteLength(tmpdir()) + nameLength < longestPath ? tmpdir() : '/tmp';
  mkdirSync(base, { recursive: true });
  // mkdtemp makes the folder readable by its owner only.
  const folder = mkdtempSync(join(base, folderPrefix));
  return { socket: join(folder, 's'), folder };
}

function attachFile(dataDir: string): string {
  return join(dataDir, 'attach.json');
}

function readAttachFile(file: string): AttachFile | undefined {
  try {
    return AttachFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function clear(file: string, { socket }: AttachFile): void {
  rmSync(file, { force: true });
  const folder = dirname(socket);
  if (process.platform === 'win32' || basename(socket) !== 's' || !basename(folder).startsWith(folderPrefix)) return;
  // Only the socket and its then empty folder: the path came from a file.
  rmSync(socket, { force: true });
  try {
    rmSync(folder, { recursive: false });
  } catch {
    // Not empty or not ours: it stays.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
