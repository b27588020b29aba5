import { queriesOver } from '#main/platform/database/sql.ts';

/** The tables that reads build queries over; the truth is in migrations/. */
export interface Schema {
  object: {
    id: number;
    uuid: Uint8Array;
    type: number;
    state: number;
    name: string | null;
    external_id: string | null;
    created: number | null;
    modified: number | null;
    op: number;
    common: number;
    rest: string | null;
  };
  relationship: {
    id: number;
    uuid: Uint8Array;
    state: number;
    type: number;
    src: number;
    dst: number;
    created: number | null;
    modified: number | null;
    op: number;
    common: number;
    rest: string | null;
  };
  edge: { src: number; type: number; dst: number; rel: number };
  term: { id: number; kind: string; value: string; tlp: number | null };
  facet: { term: number; object: number };
  confirmation: { object: number; import: number };
  tag: { object: number; term: number };
  alias: { name: string; object: number };
  op: {
    id: number;
    device: number;
    seq: number;
    clock: number;
    kind: string;
    object: number | null;
    action: string;
    import: number | null;
    undone: number;
    actor: string;
  };
  import: { id: number; uuid: string; kind: string; source: string; format: string; started: number };
}

export const queries = queriesOver<Schema>();
