import { recognise } from './recognise.ts';

/** All reads of this feature by name; each runs in a reader process. */
export const intelReads = {
  'intel.recognise': recognise,
};
