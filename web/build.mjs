// Bundles the page into one HTML file with the marks that colcomb fills: equal bytes for equal sources.
// usage: node build.mjs SOURCE OUT.html   (SOURCE: this folder, or a copy beside its node_modules)
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const [source, out] = process.argv.slice(2).map((path) => resolve(path));
const result = await build({
  absWorkingDir: source,
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: "{}", // whether a tsconfig.json lies there or not
  outfile: "page.js",
});
const inputs = Object.values(result.metafile.outputs)[0].inputs;
let library = 0;
for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
  if (path.includes("node_modules/")) library += bytesInOutput;
}
const style = readFileSync(join(source, "style.css"), "utf8").replace(/\s+/g, " ");
const parts = { "@style@": style, "@script@": result.outputFiles[0].text.trimEnd() };
let page = readFileSync(join(source, "template.html"), "utf8");
for (const [mark, text] of Object.entries(parts)) {
  if (page.split(mark).length !== 2) throw new Error(`template.html must have ${mark} once`);
  page = page.replace(mark, () => text);
}
for (const mark of ["@document@", "@bytes@"]) {
  if (page.split(mark).length !== 2) throw new Error(`the page must have ${mark} once`);
}
writeFileSync(out, page);
writeFileSync(`${out}.json`, JSON.stringify({ library, page: page.length }) + "\n");
