import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callers, listenForAttach } from '#main/hosts/doors.ts';
import { attach } from '#main/platform/loopback/attach.ts';
import { contract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { stubEngine } from './doors-stub.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'doors-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const log = { info() {}, warn() {}, error: (message: string, error?: unknown) => expect.fail(`${message} ${String(error)}`) };
const listen = (engine: ReturnType<typeof stubEngine>) =>
  listenForAttach(engine, { dataDir, log, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });

describe('an engine with an open workspace', () => {
  it('answers a command line that attaches, with the rights of one', async () => {
    const engine = stubEngine({ knowledge: { getStats: () => ({ objects: { tool: 1 }, relationships: {} }) } });
    const listening = listen(engine);
    await vi.waitFor(() => expect(existsSync(join(dataDir, 'attach.json'))).toBe(true));
    const channel = await attach(dataDir);
    if (!channel) throw new Error('nobody answered');
    expect(await createClient(contract, channel).knowledge.getStats()).toEqual({ objects: { tool: 1 }, relationships: {} });
    expect(engine.callers.at(-1)).toBe(callers.cli);
    await listening.close();
    expect(await attach(dataDir)).toBeUndefined();
  });

  it('stops listening while it is locked', async () => {
    const engine = stubEngine({});
    engine.setState('locked');
    const listening = listen(engine);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await attach(dataDir)).toBeUndefined();
    engine.setState('open');
    await vi.waitFor(async () => expect(await attach(dataDir)).toBeDefined());
    engine.setState('locked');
    await vi.waitFor(async () => expect(await attach(dataDir)).toBeUndefined());
    await listening.close();
  });
});

describe('the rights of the doors', () => {
  it('keep paths of this machine from pages, and changes from the watcher', () => {
    expect([...callers.browser.permissions]).toEqual(['read', 'write', 'admin']);
    expect([...callers.desktop.permissions]).toEqual(['read', 'write', 'admin']);
    expect([...callers.cli.permissions]).toEqual(['read', 'write', 'files', 'admin']);
    expect([...callers.watcher.permissions]).toEqual(['read']);
  });
});
