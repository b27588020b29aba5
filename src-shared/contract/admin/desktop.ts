import { z } from 'zod';
import { command, event } from '../define.ts';

/** What the desktop was asked to open: by a link, by a file's icon, from its menu. */
export const Asked = z.object({
  /** The address of a view, without `#/`. */
  view: z.string().optional(),
  /** Files that the system handed over: to be read as if the page had sent them. */
  files: z.array(z.object({ uploadId: z.string(), name: z.string(), size: z.int() })),
});
export type Asked = z.infer<typeof Asked>;

export const desktopCalls = {
  takeAsked: command('What the desktop was asked to open since the last time; each thing is told once, to one page.', z.void(), Asked),
  desktopAsked: event('The desktop was asked to open something; take it.', z.object({})),
};
