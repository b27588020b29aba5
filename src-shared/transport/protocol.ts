import { z } from 'zod';
import { errorCodes } from './errors.ts';

/** What travels in `Message.head`. Numbers are the caller's own call numbers. */
export const ClientMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('call'),
    call: z.int().nonnegative(),
    name: z.string().max(100),
    /** Checked against the call's own schema, once its bounds are known. */
    input: z.unknown().optional(),
  }),
  z.strictObject({ kind: z.literal('cancel'), call: z.int().nonnegative() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const ServerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), call: z.int(), output: z.unknown() }),
  z.object({ kind: z.literal('blob'), call: z.int(), header: z.unknown() }),
  z.object({
    kind: z.literal('failure'),
    call: z.int(),
    error: z.object({ code: z.enum(errorCodes), message: z.string() }),
  }),
  z.object({ kind: z.literal('event'), name: z.string(), payload: z.unknown() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
