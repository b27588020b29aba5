import type { ColumnMapping, ExportFormatId, FilePreview, ImportFormatId } from '#shared/contract/knowledge.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';

/** What a reader makes of one piece of a file. `path` says where in the file: `objects[12].name`, `row 7, column ip`. */
export type Item =
  | {
      readonly kind: 'object';
      /**
       * STIX 2.1. Where `stamp` is set it comes without `created` and `modified`: the store gives
       * the times at the first write and compares by content.
       */
      readonly object: StixObject;
      readonly path: string;
      readonly stamp?: boolean;
      /** Facts only (a pack): the full object of the same or a newer version replaces it without conflict. */
      readonly partial?: boolean;
      /**
       * One source's words on an object that others describe too (a CVE, an asset): laid over what stands, not in its
       * place; references are united and an undo takes back this source alone (shared/domain/knowledge/layers.ts).
       */
      readonly merge?: boolean;
    }
  | { readonly kind: 'rejected'; readonly id?: string; readonly path: string; readonly reason: string }
  | { readonly kind: 'loss'; readonly id?: string; readonly path: string; readonly what: string };

/** The beginning of a file, unpacked, for recognising it by content. */
export interface Head {
  readonly name: string;
  /** At most the first 64 KiB. A cut UTF-8 sequence at the end is dropped. */
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly complete: boolean;
}

export interface Source {
  readonly name: string;
  /** The unpacked bytes from the start; may be called again for a second pass. Bounded: throws `too_large` past the limits. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** What a tool knows an asset by. */
export interface AssetKeys {
  readonly assetId?: string;
  readonly hostnames?: readonly string[];
  readonly macs?: readonly string[];
  readonly ips?: readonly string[];
  /** Only an asset that nobody gave a number yet. */
  readonly unnumbered?: boolean;
}

export interface ReadContext {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The STIX id of a live object that carries this external id (T1059, CVE-…), where the workspace has one. */
  readonly findByExternalId: (externalId: string) => string | undefined;
  /**
   * The STIX id of the standing asset that these keys name: by asset number, host name (case and domain aside where
   * one side has none), MAC, or an IP address that one asset alone has. Absent: no workspace is behind the reader.
   */
  readonly findAsset?: (keys: AssetKeys) => string | undefined;
  /** The STIX id of a live object with this UUID, of whatever type. */
  readonly findByUuid?: (uuid: string) => string | undefined;
  /** Ids of objects that this import has yielded already and need not yield again; shared by the members of an archive. */
  readonly given?: Set<string>;
  /** Chosen by the user in the preview; only tables use it. */
  readonly mapping?: ColumnMapping;
}

export interface WriteContext {
  readonly signal: AbortSignal;
  readonly now: number;
  /** Told of each thing that the format cannot hold. */
  readonly lose: (loss: { id?: string; path: string; what: string }) => void;
}

/**
 * One format, one folder. `read` yields arrays of items (some hundreds at a time) and throws a
 * ContractError('invalid_input') with one clear sentence where the file as a whole is not readable.
 */
export interface Format {
  readonly id: ImportFormatId;
  readonly title: string;
  /** Tools that write such files, by the names that people know them by. */
  readonly from?: readonly string[];
  /** What comes over, in a sentence or two. */
  readonly brings?: string;
  /** As such files usually end, without the dot: for dialogs; files are known by content. */
  readonly extensions?: readonly string[];
  /** 0: no; 1: certainly. `because` is shown to the user. By content, never by file name alone. */
  detect(head: Head): { readonly confidence: number; readonly because: string };
  read(source: Source, context: ReadContext): AsyncIterable<Item[]>;
  /** Tables only: the columns, a guessed mapping and the first rows. */
  columns?(source: Source): Promise<NonNullable<FilePreview['columns']>>;
}

/** A way out. `objects` comes in pages; the writer yields text pieces. */
export interface ExportFormat {
  readonly id: ExportFormatId;
  readonly title: string;
  readonly mediaType: string;
  readonly extension: string;
  write(objects: AsyncIterable<StixObject[]>, context: WriteContext): AsyncIterable<string>;
}

export const defineFormat = (format: Format): Format => format;
export const defineExportFormat = (format: ExportFormat): ExportFormat => format;
