import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command, Part, Query } from './define.ts';
import { contract } from './index.ts';

const parts = Object.entries(contract).flatMap(([word, calls]) =>
  Object.entries(calls as Record<string, Part>).map(([name, part]) => ({ name: `${word}.${name}`, part })),
);
const calls = parts.filter((one): one is { name: string; part: Query | Command } => one.part.kind !== 'event');

/** Places in a JSON schema where an object would take a key that it does not know. */
function looseObjects(schema: unknown, path = 'input'): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, unknown>;
  const here = node.type === 'object' && 'properties' in node && node.additionalProperties !== false ? [path] : [];
  return [...here, ...Object.entries(node).flatMap(([key, part]) => looseObjects(part, `${path}.${key}`))];
}

describe('the contract', () => {
  it.each(calls)('$name refuses keys that it does not know', ({ part }) => {
    expect(looseObjects(z.toJSONSchema(part.input, { io: 'input', unrepresentable: 'any' }))).toEqual([]);
    if (part.input instanceof z.ZodVoid) expect(part.input.safeParse({}).success).toBe(false);
  });

  it('the check above sees a loose object wherever it hides', () => {
    const loose = z.object({ a: z.int() });
    for (const schema of [
      loose,
      z.array(loose),
      z.strictObject({ deep: z.union([z.string(), loose]).optional() }),
      z.record(z.string(), loose),
    ])
      expect(looseObjects(z.toJSONSchema(schema, { io: 'input' }))).not.toEqual([]);
  });

  it.each(parts)('$name says in one sentence what it is', ({ part }) => {
    expect(part.about).toMatch(/^[A-Z].{8,200}\.$/);
  });

  it('names queries by what they ask, events by what happened', () => {
    const asks = /\.(?:list|get|find|count|search|verify|write|check|preview|compare|diff|recognise)(?:[A-Z]|$)/;
    expect(parts.filter(({ name, part }) => part.kind === 'query' && !asks.test(name)).map(({ name }) => name)).toEqual([]);
    expect(parts.filter(({ name, part }) => part.kind === 'event' && !name.endsWith('ed')).map(({ name }) => name)).toEqual([]);
  });

  it('only administrators open, close and govern; reading never asks for more than reading', () => {
    const locked = calls.filter(({ part }) => part.kind === 'command' && part.whileLocked);
    // A restore at the gate is a job too, and whoever may write may cancel it.
    expect(locked.filter(({ part }) => part.needs !== 'admin').map(({ name }) => name)).toEqual(['jobs.cancel']);
    // Two answers hold a whole workspace, or the code that opens one.
    const secret = ['admin.getWorkspaceFile', 'admin.getImportedWorkspace'];
    expect(calls.filter(({ part }) => part.kind === 'query' && part.needs !== 'read').map(({ name }) => name)).toEqual(secret);
    // A job that only reads: an auditor may start it.
    expect(calls.filter(({ part }) => part.kind === 'command' && part.needs === 'read').map(({ name }) => name)).toEqual([
      'admin.checkAudit',
    ]);
  });

  it('takes the largest piece of an upload that it promises to take', () => {
    const piece = { uploadId: 'u', offset: 0, base64: 'A'.repeat(1_048_576) };
    expect(contract.knowledge.appendUpload.input.safeParse(piece).success).toBe(true);
    expect(contract.knowledge.appendUpload.input.safeParse({ ...piece, base64: `${piece.base64}AAAA` }).success).toBe(false);
  });
});
