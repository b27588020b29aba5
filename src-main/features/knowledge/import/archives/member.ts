import { ContractError } from '#shared/transport/errors.ts';
import type { OpenSource } from '../../formats/source.ts';

const MiB = 1024 * 1024;

export interface ArchiveLimits {
  /** Most bytes that all members unpack to, archives within included. */
  readonly unpacked: number;
  /** Most unpacked bytes for each packed byte of the whole archive, once past `free`. */
  readonly ratio: number;
  readonly free: number;
  readonly members: number;
  /** Archives within archives; the outermost is 1. */
  readonly depth: number;
  /** Signs of a member's path. */
  readonly path: number;
  /** Most bytes of one member that are held in memory; a larger one is read anew from the archive each time. */
  readonly held: number;
}

export const usualArchiveLimits: ArchiveLimits = {
  unpacked: 8192 * MiB,
  ratio: 200,
  free: 64 * MiB,
  members: 200_000,
  depth: 3,
  path: 1000,
  held: 32 * MiB,
};

/** One file of a folder or archive. */
export interface Member {
  /** From the archive's root, `/` between, safe to show. */
  readonly path: string;
  /** Why it is not read, in a sentence. */
  readonly refused?: string;
  /** Why nobody misses it: left out, and said so. */
  readonly skipped?: string;
  /** What was changed about it, such as signs of its name. */
  readonly changed?: string;
  /** Its content; only until the next member is asked for. Throws where it is damaged. */
  readonly open?: () => Promise<OpenSource>;
}

/** Counts what an archive unpacks to, archives within it included. Throws `too_large` past the bounds. */
export class Budget {
  readonly limits: ArchiveLimits;
  readonly #name: string;
  readonly #packed: number;
  #unpacked = 0;
  #worked = 0;
  #members = 0;

  constructor(name: string, packed: number, limits: ArchiveLimits) {
    this.#name = name;
    this.#packed = packed;
    this.limits = limits;
  }

  member(): void {
    if (++this.#members > this.limits.members)
      throw beyond(`“${this.#name}” holds more than ${this.limits.members.toLocaleString('en-US')} files; split it and import the parts.`);
  }

  /** What a member unpacks to. */
  take(bytes: number): void {
    this.#unpacked += bytes;
    this.#check(this.#unpacked, 1);
  }

  /** What is unpacked a second time within a member, at each reading: a detection and up to three passes. */
  work(bytes: number): void {
    this.#worked += bytes;
    this.#check(this.#worked, 4);
  }

  #check(bytes: number, times: number): void {
    const { unpacked, free, ratio } = this.limits;
    if (bytes > unpacked * times) throw beyond(`“${this.#name}” unpacks to more than ${inMiB(unpacked)}; split it and import the parts.`);
    if (bytes > free * times && bytes > this.#packed * ratio * times)
      throw beyond(`“${this.#name}” unpacks to more than ${ratio} times its size, as no real data does; not read.`);
  }
}

const beyondBudget = new WeakSet<object>();

function beyond(sentence: string): ContractError {
  const error = new ContractError('too_large', sentence);
  beyondBudget.add(error);
  return error;
}

/** Whether the error ends the reading of the whole archive, not of one member. */
export function isBeyondBudget(error: unknown): boolean {
  return typeof error === 'object' && error !== null && beyondBudget.has(error);
}

function inMiB(bytes: number): string {
  return bytes >= MiB ? `${Math.round(bytes / MiB).toLocaleString('en-US')} MiB` : `${bytes} bytes`;
}

/** Control, direction-changing and invisible signs: they would make a name look like another. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const debris = /^(?:__MACOSX\/.*|(?:.*\/)?(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|\.git(?:\/.*|$)))$/i;

/** A member's name as it may be shown and listed, or why it is refused. Nothing is ever written under it. */
export function cleanPath(raw: string, limits: ArchiveLimits): Pick<Member, 'path' | 'refused' | 'skipped' | 'changed'> {
  const plain = raw.toWellFormed().replaceAll('\\', '/');
  const shown = plain.replace(unseen, '\ufffd');
  const path = (shown.length > limits.path ? `${shown.slice(0, limits.path)}…` : shown) || '(no name)';
  if (shown.length > limits.path) return { path, refused: `its path is longer than ${limits.path} signs` };
  if (/^(?:\/|[a-z]:)/i.test(plain)) return { path, refused: 'its path is absolute and would lead out of the archive' };
  const parts = shown.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { path, refused: 'its path leads out of the archive (..)' };
  const clean = parts.join('/');
  if (clean === '') return { path, refused: 'it has no name' };
  if (debris.test(clean)) return { path: clean, skipped: 'a file of the system or of version control, not data' };
  return shown === plain
    ? { path: clean }
    : { path: clean, changed: 'its name holds control, invisible or direction-changing signs, shown as \ufffd' };
}
