import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installCommand } from './install-command.ts';

describe.skipIf(process.platform === 'win32')('the command “redoubt”', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'command-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const place = () => join(home, '.local/bin/redoubt');

  it('becomes a link to the installed program, and says when the PATH lacks its folder', () => {
    const program = '/Applications/Redoubt.app/Contents/Resources/bin/redoubt';
    expect(installCommand({ home, program, path: '/usr/bin' })).toMatch(/add .*\.local\/bin to your PATH/);
    expect(readlinkSync(place())).toBe(program);
    expect(installCommand({ home, program: '/elsewhere/bin/redoubt', path: `/usr/bin:${join(home, '.local/bin')}` })).toMatch(/ready/);
    expect(readlinkSync(place())).toBe('/elsewhere/bin/redoubt');
  });

  it('starts an AppImage by its file, whatever its name', () => {
    installCommand({ home, program: '/tmp/.mount/bin/redoubt', appImage: "/home/me/it's $HOME.AppImage", path: '' });
    expect(readFileSync(place(), 'utf8')).toContain(`exec '/home/me/it'\\''s $HOME.AppImage' --command-line "$@"`);
    expect(statSync(place()).mode & 0o111).not.toBe(0);
    expect(installCommand({ home, program: '/tmp/.mount2/bin/redoubt', appImage: '/home/me/new.AppImage', path: '' })).toMatch(/stands at/);
  });

  it('leaves alone what somebody else put there', () => {
    installCommand({ home, program: '/a/bin/redoubt', path: '' });
    rmSync(place());
    writeFileSync(place(), 'theirs');
    expect(installCommand({ home, program: '/a/bin/redoubt', path: '' })).toMatch(/not ours/);
    expect(readFileSync(place(), 'utf8')).toBe('theirs');
  });
});
