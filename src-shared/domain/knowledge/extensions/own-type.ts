import { z } from 'zod';

/** One of Redoubt's own object types: what it is called, what it holds, and how its extension definition says so. */
export interface OwnType<T extends string = string> {
  readonly type: T;
  readonly title: string;
  readonly schema: z.ZodType;
  readonly extensionId: string;
  /** The description of its extension definition. */
  readonly about: string;
  /** Its properties beyond the common ones, in words. */
  readonly properties: string;
}

export const text = z.string().max(10_000);
export const texts = z.array(z.string().max(1000)).max(10_000);
export const refs = z.array(z.string().max(300)).max(100_000);

/** What every object of ours carries; the common properties of STIX 2.1 (section 3.2) pass untouched. */
export const own = <T extends string>(type: T) => ({
  type: z.literal(type),
  spec_version: z.literal('2.1'),
  id: z.string().startsWith(`${type}--`),
  name: z.string().min(1).max(1000),
  description: z.string().max(100_000).optional(),
  tags: texts.optional(),
});
