import { Readable } from 'node:stream';
import { createDeflateRaw, deflateRawSync } from 'node:zlib';

/** A part that is deflated already, with its length before that. */
interface Deflated {
  readonly packed: Buffer;
  readonly length: number;
}

/** A zip of these parts, written by hand, for tests. */
function zipOf(parts: Readonly<Record<string, string | Buffer | Deflated>>): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const { packed, length } = typeof content === 'object' && 'packed' in content ? content : deflated(Buffer.from(content));
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), head, Buffer.from(name), packed]);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), head, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

const deflated = (plain: Buffer): Deflated => ({ packed: deflateRawSync(plain, { level: 9 }), length: plain.length });

/** A sheet of many pieces, never held whole, for tests. */
export async function deflatedPieces(pieces: readonly Uint8Array[]): Promise<Deflated> {
  const packed = await Readable.from(pieces).pipe(createDeflateRaw()).toArray();
  return { packed: Buffer.concat(packed as Buffer[]), length: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

/** A workbook of one sheet, for tests. */
export const workbookWith = (sheet: string | Buffer | Deflated, more: Record<string, string> = {}) =>
  zipOf({
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/></Relationships>',
    'xl/s.xml': sheet,
    ...more,
  });

/** A sheet with this text in a cell, for tests. */
export const sheetWithText = (text: string) =>
  `<worksheet><sheetData><row><c t="str"><v>Name</v></c><c t="str"><v>IP Address</v></c><c t="str"><v>CVE</v></c></row><row>${text
    .split(';')
    .slice(0, 20)
    .map((cell) => `<c t="str"><v>${cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</v></c>`)
    .join('')}</row></sheetData></worksheet>`;

/** Sheets with cells of every kind, for tests. */
export const sheetSeeds = [
  '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>Hostname</v></c><c r="B1" t="str"><v>Owner</v></c><c r="C1" t="str"><v>IP Address</v></c><c r="D1" t="str"><v>CVE</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><r><t>pacs</t></r><t>-01</t></is></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="str"><v>192.0.2.1</v></c><c r="D2" t="str"><v>CVE-2021-44228</v></c></row><row r="3"><c r="A3"><f>A2&amp;1</f><v>4711</v></c><c r="B3" s="1"><v>45931.5</v></c><c r="C3" t="e"><v>#REF!</v></c></row><row r="5"><c r="A5" t="d"><v>2026-10-05</v></c></row></sheetData></worksheet>',
  '<x:worksheet xmlns:x="a"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Name</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Department</x:t></x:is></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c><x:c/></x:row></x:sheetData></x:worksheet>',
  'PACS-01;192.0.2.1 2001:db8::22;CVE-2021-44228, CVE-2023-44487',
  '=HYPERLINK("http://a.example");300.1.1.1;CVE-1;more',
];
