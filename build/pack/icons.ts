import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../launch/browser.mjs';

// Recipe: draws build/icons and the tray's pictures from the one drawing of the icon. The results are committed,
// so that packing needs no browser. Run again after the drawing changed: node build/pack/icons.ts

const root = join(import.meta.dirname, '../..');
const drawing = readFileSync(join(root, 'src-renderer/app/icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
const page = await browser.newPage();

async function draw(size: number, svg = drawing): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  const picture = svg.replace('<svg ', `<svg style="display:block;width:${size}px;height:${size}px" `);
  await page.setContent(`<body style="margin:0">${picture}</body>`);
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

/** Windows: pictures as PNG inside an ICO file (each entry 16 bytes after a head of 6). */
async function ico(sizes: readonly number[]): Promise<Buffer> {
  const pictures = await drawAll(sizes);
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size === 256 ? 0 : size, at);
    head.writeUInt8(size === 256 ? 0 : size, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** macOS: pictures as PNG in an ICNS file, each under the code for its size. */
async function icns(codes: Readonly<Record<string, number>>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const [code, size] of Object.entries(codes)) {
    const png = await draw(size);
    const head = Buffer.alloc(8);
    head.write(code, 0, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    parts.push(head, png);
  }
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

async function drawAll(sizes: readonly number[]) {
  const pictures: { size: number; png: Buffer }[] = [];
  for (const size of sizes) pictures.push({ size, png: await draw(size) });
  return pictures;
}

const to = join(root, 'build/icons');
mkdirSync(to, { recursive: true });
for (const { size, png } of await drawAll([16, 32, 48, 64, 128, 256, 512])) writeFileSync(join(to, `${size}x${size}.png`), png);
writeFileSync(join(to, 'icon.ico'), await ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(join(to, 'icon.icns'), await icns({ icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }));
const shipped = join(root, 'resources/icons');
mkdirSync(shipped, { recursive: true });
writeFileSync(join(shipped, 'tray.png'), await draw(16));
writeFileSync(join(shipped, 'tray@2x.png'), await draw(32));
// macOS colours a template picture itself: black on nothing.
const template = drawing
  .replace(/<rect[^>]*\/>/, '')
  .replace(/(?:fill|stroke)="#[0-9a-fA-F]+"/g, (found) => found.replace(/#[0-9a-fA-F]+/, '#000000'));
writeFileSync(join(shipped, 'trayTemplate.png'), await draw(16, template));
writeFileSync(join(shipped, 'trayTemplate@2x.png'), await draw(32, template));
await browser.close();
