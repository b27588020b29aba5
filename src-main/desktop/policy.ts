import type { App, Session, WebContents } from 'electron';

/** Where the face lives: a scheme of our own, so that no server, port or file address is involved. */
export const faceScheme = 'app';
export const faceHost = 'redoubt';
export const faceOrigin = `${faceScheme}://${faceHost}`;

/** Whether an address is one of the face's own. */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${faceScheme}:` && url.host === faceHost && url.username === '' && url.port === '';
}

/** Chromium's own errands, each of which would be a request that nobody asked for. Before the app is ready. */
export function silenceChromium(app: App): void {
  const switches = [
    'disable-background-networking',
    'disable-breakpad',
    'disable-client-side-phishing-detection',
    'disable-component-update',
    'disable-default-apps',
    'disable-domain-reliability',
    'disable-sync',
    'no-first-run',
    'no-pings',
  ];
  for (const name of switches) app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch(
    'disable-features',
    'AutofillServerCommunication,DialMediaRouteProvider,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,WebRtcHideLocalIpsWithMdns',
  );
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
  // No name leads anywhere: the face has no business with names.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
}

/** Lets a session reach the face and nothing else, and gives its pages no permission but to copy text. */
export async function lockSession(session: Session, { devTools }: { devTools: boolean }): Promise<void> {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(permission === 'clipboard-sanitized-write' && isOurs(details.requestingUrl) && isOurs(contents.getURL()));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOurs(`${origin}/`));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url, devTools) }));
  session.on('will-download', (event, item) => {
    // What the face exports comes as a blob of its own.
    if (!item.getURL().startsWith(`blob:${faceOrigin}/`)) event.preventDefault();
  });
  // The floor below the request filter: whatever should slip through meets a proxy that is not there.
  await session.setProxy({ mode: 'fixed_servers', proxyRules: 'socks5://127.0.0.1:1', proxyBypassRules: '<-loopback>' });
}

function mayLoad(address: string, devTools: boolean): boolean {
  if (isOurs(address)) return true;
  if (address.startsWith(`blob:${faceOrigin}/`)) return true;
  return /^data:(?:image|font)\//.test(address) || (devTools && address.startsWith('devtools://'));
}

/** Keeps a page what and where it is: no navigation away, no windows, no embedded browsers. */
export function lockContents(contents: WebContents): void {
  const stay = (event: { preventDefault(): void; readonly url: string }) => {
    if (!isOurs(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', (event) => {
    // Frames show only what the page itself made.
    if (!isOurs(event.url) && !event.url.startsWith(`blob:${faceOrigin}/`) && event.url !== 'about:srcdoc') event.preventDefault();
  });
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
