import { createHash } from 'node:crypto';
import { ContractError } from '#shared/transport/errors.ts';
import { defineExportFormat } from '../format.ts';

/** Our own namespace for bundles' ids. */
const NAMESPACE = 'redoubt:stix2.1:bundle\n';

/**
 * One bundle, an object a line, each as it stands in the store. The bundle's id comes last because
 * it is made from what was written: the same objects in the same order give the same bytes.
 */
export const stix21 = defineExportFormat({
  id: 'stix2.1',
  title: 'STIX 2.1 bundle',
  mediaType: 'application/stix+json;version=2.1',
  extension: 'json',
  async *write(pages, { signal }) {
    const hash = createHash('sha1').update(NAMESPACE);
    let begun = false;
    for await (const page of pages) {
      if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      if (page.length === 0) continue;
      const lines = page.map((object) => JSON.stringify(object));
      // By object, not by page: how the store cuts its pages must not show.
      for (const line of lines) hash.update(line).update('\n');
      const text = lines.join(',\n');
      yield begun ? `,\n${text}` : `{"type":"bundle","objects":[\n${text}`;
      begun = true;
    }
    const id = `bundle--${uuidOf(hash.digest())}`;
    // STIX knows no empty list: a bundle of nothing has no `objects`.
    yield begun ? `\n],"id":"${id}"}\n` : `{"type":"bundle","id":"${id}"}\n`;
  },
});

/** The digest as a name-based UUID (RFC 4122, version 5). */
function uuidOf(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const text = bytes.toString('hex');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
