import type { PastedKind } from '#shared/contract/intel.ts';

/** One recognised place: UTF-16 units of the refanged text. */
export interface Found {
  readonly kind: PastedKind;
  /** Refanged and in the one form that stands for all its spellings. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Why it may be something else; absent where it is sure. */
  readonly unsure?: string;
}
