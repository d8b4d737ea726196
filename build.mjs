/*
 * Makes static/built: the pages' scripts and styles, each in one minified file, and the two faces with the letters that
 * pages use. `make install` and the image run it after `npm ci`. A browser then asks for few files, and for no other host.
 */

import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import fontverter from "fontverter";
import subsetFont from "subset-font";

const OUT = "static/built";
const BROWSERS = ["chrome99", "edge99", "firefox97", "safari15.4"];
const SCRIPTS = [
  "static/js/core/page.js",
  "static/js/trading/trade.js",
  "static/js/past/trade_page.js",
  "static/js/past/portfolio.js",
  "static/js/account/copy.js",
  "static/js/account/countdown.js",
  "static/js/account/passkeys.js",
  "static/js/account/push.js",
  "static/js/account/install.js",
  "static/js/account/settings.js",
  "static/js/account/reality_check.js",
  "static/js/account/sign_up.js",
  "static/js/proof/proof.js",
  "static/js/proof/receipts/receipt_page.js",
  "static/js/visitor/landing.js",
];
const STYLES = ["static/css/site.css", "static/css/trade.css", "static/css/visitor/landing.css"];
/* The page of the API's description loads them as its package made them. */
const DOCS = ["swagger-ui-bundle.js", "swagger-ui.css"];
const FACE = "node_modules/pretendard/dist/web/variable/woff2/PretendardVariable.woff2";
/* The licence reserves the face's name for what is unchanged: a subset has another one, of the same length. */
const RESERVED = "Pretendard";
const OURS = "Flashtrade";
const WEIGHTS = { wght: { min: 400, max: 700, default: 400 } };
const SIGNS = "–—‘’“”…•·←↑→↓▲▼△▽−×✓✕★☆₩€£¥≥≤≈⌕";

await rm(OUT, { recursive: true, force: true });
const options = { bundle: true, minify: true, target: BROWSERS, outdir: OUT, legalComments: "linked", logLevel: "warning" };
await build({ ...options, entryPoints: SCRIPTS, entryNames: "[name]", format: "esm" });
/* A classic script: it runs where modules don't. */
await build({ ...options, entryPoints: ["static/js/core/needs.js"], entryNames: "[name]", format: "iife" });
await build({ ...options, entryPoints: STYLES, entryNames: "[name]", external: ["*.woff2"] });
await makeFaces();
for (const name of DOCS) await cp(`node_modules/swagger-ui-dist/${name}`, `${OUT}/${name}`);

/* Letters of Europe for every page, Hangul for Korean ones: those of the translations and of the Korean documents. */
async function makeFaces() {
  await mkdir(`${OUT}/fonts`, { recursive: true });
  await cp("static/fonts/OFL.txt", `${OUT}/fonts/OFL.txt`);
  await makeFace("latin", [...span(0x20, 0x7e), ...span(0xa0, 0x17f), ...SIGNS]);
  await makeFace("korean", await koreanLetters());
}

async function makeFace(name, letters) {
  const source = await readFile(FACE);
  const key = createHash("sha256").update(letters.join("")).update(source).digest("hex").slice(0, 16);
  const kept = `node_modules/.cache/faces/${name}-${key}.woff2`;
  const face = await readFile(kept).catch(() => subset(source, letters));
  await mkdir("node_modules/.cache/faces", { recursive: true });
  await writeFile(kept, face);
  await writeFile(`${OUT}/fonts/${name}.woff2`, face);
}

async function subset(source, letters) {
  const plain = await subsetFont(source, letters.join(""), { targetFormat: "sfnt", variationAxes: WEIGHTS });
  for (const encoding of ["latin1", "utf16be"]) rename(plain, encoding);
  return fontverter.convert(plain, "woff2");
}

/* In place: a name of the same length moves nothing in the file. */
function rename(face, encoding) {
  const [from, to] = [RESERVED, OURS].map((name) =>
    encoding === "latin1" ? Buffer.from(name, "latin1") : Buffer.from(name, "utf16le").swap16(),
  );
  for (let at = face.indexOf(from); at >= 0; at = face.indexOf(from, at + 1)) to.copy(face, at);
}

async function koreanLetters() {
  const documents = (await readdir("docs")).filter((name) => name.endsWith(".ko.md")).map((name) => `docs/${name}`);
  const paths = ["locale/ko/LC_MESSAGES/django.po", ...documents];
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return [...new Set(texts.join("").match(/[ㄱ-ㅎㅏ-ㅣ가-힣、。]/g) ?? [])].sort();
}

function span(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
}
