// SPDX-License-Identifier: Apache-2.0
// Unpacks the Chromium of @sparticuz/chromium, and the few libraries that it brings, into the folder that is named.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { brotliDecompressSync } from "node:zlib";
import tar from "tar-fs";

const folder = process.argv[2];
const packed = (name) =>
  brotliDecompressSync(readFileSync(new URL(`node_modules/@sparticuz/chromium/bin/${name}`, import.meta.url)));
mkdirSync(folder, { recursive: true });
for (const name of ["al2023.tar.br", "fonts.tar.br"]) {
  await pipeline(Readable.from([packed(name)]), tar.extract(folder));
}
writeFileSync(`${folder}/chromium`, packed("chromium.br"), { mode: 0o755 });
