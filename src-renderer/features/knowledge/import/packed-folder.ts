/** One file of a dropped folder: its path from the folder's own name on, `rules/a.yml`. */
export interface FolderFile {
  readonly path: string;
  readonly file: File;
}

const block = 512;
const encoder = new TextEncoder();

/**
 * Many files as one tar (POSIX.1-2017, pax), so that the engine reads a folder as it reads an archive: one preview, one
 * import, one undo. The contents stay where they are until they are sent.
 */
export function packFiles(name: string, files: readonly FolderFile[]): File {
  const parts: BlobPart[] = [];
  const entry = (path: string, kind: string, content: BlobPart, size: number) => {
    parts.push(header(path, kind, size), content);
    if (size % block > 0) parts.push(new Uint8Array(block - (size % block)));
  };
  for (const { path, file } of files) {
    const record = paxRecord('path', path);
    entry('pax', 'x', record, record.length);
    entry('file', '0', file, file.size);
  }
  parts.push(new Uint8Array(2 * block));
  return new File(parts, name);
}

/** `LENGTH KEY=VALUE\n`; the length counts its own digits. */
function paxRecord(key: string, value: string): Uint8Array<ArrayBuffer> {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return encoder.encode(`${length} ${key}=${value}\n`);
}

function header(path: string, kind: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number) => bytes.set(encoder.encode(text), at);
  put(path, 0);
  put('0000644\0', 100);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('        ', 148);
  put(kind, 156);
  put('ustar\u000000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

const most = 100_000;

/** What was dropped: files as they are, each folder packed as one. Must be called within the drop's own event. */
export async function filesOfDrop(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: File[] = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) {
      const files: FolderFile[] = [];
      await walk(entry as FileSystemDirectoryEntry, '', files);
      found.push(packFiles(entry.name, files));
    } else if (file) found.push(file);
  }
  return found;
}

async function walk(folder: FileSystemDirectoryEntry, path: string, files: FolderFile[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A reader gives some hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const entry of some) {
      if (files.length >= most) return;
      const here = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, here, files);
      else
        files.push({
          path: here,
          file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
        });
    }
  }
}

/** Files of a folder picker, packed under the folder's name; files of a plain picker as they are. */
export function filesOfPicker(list: FileList | null): File[] {
  const files = [...(list ?? [])];
  const first = files[0]?.webkitRelativePath ?? '';
  if (first === '') return files;
  const root = first.slice(0, first.indexOf('/'));
  return [
    packFiles(
      root,
      files.map((file) => ({ path: file.webkitRelativePath.slice(root.length + 1), file })),
    ),
  ];
}
