import { crc32 } from 'node:zlib';
import { ContractError } from '#shared/transport/errors.ts';
import { type Graph, side } from './csr.ts';
import { compact } from './delta.ts';

/** "RDGRAPH" and a version that changes with the layout: an older blob is refused and built anew. */
const magic = [0x52, 0x44, 0x47, 0x52, 0x41, 0x50, 0x48, 1];
/** Read back as another number on a machine of other byte order. */
const byteOrder = 0x01020304;
const headerBytes = 32;

/** Header, as uint32 from byte 8: byte order, nodes, edges, types of nodes, types of edges, CRC-32 of all after the header. */
interface Counts {
  readonly nodes: number;
  readonly edges: number;
  readonly nodeTypes: number;
  readonly edgeTypes: number;
}

/** Sections in order, each aligned to 4 bytes: what they hold and how long they are. */
function layout({ nodes: n, edges: m, nodeTypes, edgeTypes }: Counts) {
  let at = headerBytes;
  const section = (entries: number, bytes: number) => {
    const offset = at;
    // Not by bits: a damaged count may come to more than 32 of them.
    at = Math.ceil((at + entries * bytes) / 4) * 4;
    return { offset, entries };
  };
  const sections = {
    ids: section(n, 4),
    degree: section(n, 4),
    outStart: section(n + 1, 4),
    inStart: section(n + 1, 4),
    outTo: section(m, 4),
    outRel: section(m, 4),
    inTo: section(m, 4),
    nodeTypes: section(nodeTypes, 4),
    edgeTypes: section(edgeTypes, 4),
    kind: section(n, 2),
    outType: section(m, 2),
    inType: section(m, 2),
    state: section(n, 1),
  };
  return { ...sections, bytes: at };
}

/** The whole graph in one block of bytes that `loadGraph` takes over without copying. */
export function serialiseGraph(patched: Graph): Uint8Array<ArrayBuffer> {
  const graph = compact(patched);
  const counts: Counts = {
    nodes: graph.nodeCount,
    edges: graph.edgeCount,
    nodeTypes: graph.nodeTypes.length,
    edgeTypes: graph.edgeTypes.length,
  };
  const at = layout(counts);
  const bytes = new Uint8Array(at.bytes);
  const { buffer } = bytes;
  new Int32Array(buffer, at.ids.offset).set(graph.ids);
  new Uint32Array(buffer, at.degree.offset).set(graph.degree);
  new Uint32Array(buffer, at.outStart.offset).set(graph.out.start);
  new Uint32Array(buffer, at.inStart.offset).set(graph.in.start);
  new Int32Array(buffer, at.outTo.offset).set(graph.out.base.to);
  new Int32Array(buffer, at.outRel.offset).set(graph.out.base.rel);
  new Int32Array(buffer, at.inTo.offset).set(graph.in.base.to);
  new Int32Array(buffer, at.nodeTypes.offset).set(graph.nodeTypes);
  new Int32Array(buffer, at.edgeTypes.offset).set(graph.edgeTypes);
  new Uint16Array(buffer, at.kind.offset).set(graph.kind);
  new Uint16Array(buffer, at.outType.offset).set(graph.out.base.type);
  new Uint16Array(buffer, at.inType.offset).set(graph.in.base.type);
  bytes.set(graph.state, at.state.offset);
  bytes.set(magic);
  const header = new Uint32Array(buffer, 8, 6);
  header.set([byteOrder, counts.nodes, counts.edges, counts.nodeTypes, counts.edgeTypes, crc32(bytes.subarray(headerBytes))]);
  return bytes;
}

/**
 * Takes over a block of `serialiseGraph`; the bytes belong to the graph from then on. Throws `damaged`
 * where length, checksum or any number in it is not as it must be, and for other versions.
 */
export function loadGraph(given: Uint8Array): Graph {
  // Typed arrays want an aligned start; a block of its own (as a driver returns it) is not copied.
  const bytes = given.byteOffset % 4 === 0 ? given : given.slice();
  if (bytes.length < headerBytes || magic.some((byte, at) => bytes[at] !== byte)) throw damaged('is none, or of another version');
  const { buffer, byteOffset } = bytes;
  const header = new Uint32Array(buffer, byteOffset + 8, 6);
  const [order, nodes, edges, nodeTypes, edgeTypes, checksum] = header as unknown as [number, number, number, number, number, number];
  if (order !== byteOrder) throw damaged('was written on a machine of another byte order');
  if (nodes > 1 << 26 || edges > 1 << 28 || nodeTypes > 1 << 16 || edgeTypes > 1 << 16) throw damaged('claims more than there can be');
  const at = layout({ nodes, edges, nodeTypes, edgeTypes });
  if (at.bytes !== bytes.length) throw damaged(`has ${bytes.length} bytes instead of ${at.bytes}`);
  if (crc32(bytes.subarray(headerBytes)) !== checksum) throw damaged('does not match its checksum');

  const int32 = ({ offset, entries }: { offset: number; entries: number }) => new Int32Array(buffer, byteOffset + offset, entries);
  const uint32 = ({ offset, entries }: { offset: number; entries: number }) => new Uint32Array(buffer, byteOffset + offset, entries);
  const uint16 = ({ offset, entries }: { offset: number; entries: number }) => new Uint16Array(buffer, byteOffset + offset, entries);
  const graph: Graph = {
    nodeCount: nodes,
    edgeCount: edges,
    ids: int32(at.ids),
    state: bytes.subarray(at.state.offset, at.state.offset + nodes),
    kind: uint16(at.kind),
    degree: uint32(at.degree),
    nodeTypes: int32(at.nodeTypes),
    edgeTypes: int32(at.edgeTypes),
    out: side(uint32(at.outStart), { to: int32(at.outTo), type: uint16(at.outType), rel: int32(at.outRel) }, true),
    in: side(uint32(at.inStart), { to: int32(at.inTo), type: uint16(at.inType), rel: new Int32Array(0) }, false),
  };
  check(graph);
  return graph;
}

/** Every number that is used as a place must be one. No branch in the loops: bits that must be clear are gathered. */
function check({ nodeCount: n, edgeCount: m, ids, state, kind, nodeTypes, edgeTypes, out, in: inward }: Graph): void {
  let wrong = 0;
  const lastNode = n - 1;
  const lastNodeType = nodeTypes.length - 1;
  const lastEdgeType = edgeTypes.length - 1;
  // Ids ascend from 1. A number beyond 31 bits is negative by itself, so that no difference can wrap unseen.
  let before = 0;
  for (let u = 0; u < n; u++) {
    const id = ids[u] as number;
    wrong |= id | (id - before - 1) | (lastNodeType - (kind[u] as number));
    before = id;
  }
  for (const { start, base } of [out, inward]) {
    const { to, type } = base;
    if (start[0] !== 0 || start[n] !== m) throw damaged('has rows that do not add up');
    for (let u = 0; u < n; u++) wrong |= (start[u + 1] as number) | ((start[u + 1] as number) - (start[u] as number));
    for (let e = 0; e < m; e++) wrong |= (to[e] as number) | (lastNode - (to[e] as number)) | (lastEdgeType - (type[e] as number));
  }
  let states = 0;
  for (let u = 0; u < n; u++) states |= state[u] as number;
  if (wrong < 0 || states > 1) throw damaged('names nodes or types that are not there');
}

function damaged(how: string) {
  return new ContractError('damaged', `The stored graph ${how}; Redoubt builds it again from the workspace.`);
}
