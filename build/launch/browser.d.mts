/** Path of an installed Chrome, Chromium or Edge, or undefined; REDOUBT_BROWSER names one, or says `none`. */
export function findBrowser(): string | undefined;
/** Installs Chromium by package on Debian as root; says whether it did. */
export function installBrowser(): boolean;
export function hasDisplay(): boolean;
export function openInBrowser(address: string): Promise<boolean>;
