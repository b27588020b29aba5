import type { Protocol } from 'electron';
import { faceScheme, isOurs } from './policy.ts';

/** One file of the face, known beforehand. */
interface FaceFile {
  readonly type: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Makes `app:` a scheme with an origin, as secure as https. Before the app is ready. */
export function registerFaceScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: faceScheme,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        codeCache: true,
        corsEnabled: false,
        allowServiceWorkers: false,
        bypassCSP: false,
      },
    },
  ]);
}

/** Serves the face's files by their exact paths from a list; nothing is joined to a folder. */
export function serveFace(protocol: Protocol, files: ReadonlyMap<string, FaceFile>, headers: Readonly<Record<string, string>>): void {
  const refuse = (status: number) => new Response(null, { status, headers: { ...headers } });
  protocol.handle(faceScheme, async (request) => {
    if (!isOurs(request.url)) return refuse(403);
    if (request.method !== 'GET') return refuse(405);
    const file = files.get(new URL(request.url).pathname);
    if (!file) return refuse(404);
    return new Response(await file.read(), { headers: { ...headers, 'content-type': file.type, 'cache-control': 'no-store' } });
  });
}
