// The bundled modules of an installed `openclaw`, by the names that its sources gave things.
//
// The package is bundled: file names end in hashes and exports have one letter. What stays is the name of
// each declaration at the top of a module, and the comment that names the source file it came from. So a
// thing is found by these two, and exported under its own name by a hook on the loading of modules.
import fs from "node:fs";
import module from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const DECLARATION = /^(?:export )?(?:(?:async )?function\*? ([\w$]+)\(|(?:const|let|var|class) ([\w$]+)\b)/gm;
const REGION = /^\/\/#region (\S+)/gm;

const wanted = new Map(); // URL of a module -> the names to export

module.registerHooks({
  load(url, context, next) {
    const result = next(url, context);
    const names = wanted.get(url);
    if (!names || result.source == null) return result;
    const text = String(Buffer.isBuffer(result.source) || result.source instanceof Uint8Array
      ? Buffer.from(result.source).toString("utf8") : result.source);
    const list = [...names].map((name) => `${name} as probe$${name}`).join(", ");
    return { ...result, source: `${text}\nexport { ${list} };\n` };
  },
});

// Every declaration: name -> [{file, region}].
function indexOf(root) {
  const index = new Map();
  for (const entry of fs.readdirSync(path.join(root, "dist"), { withFileTypes: true })) {
    if (!entry.isFile() || !/\.m?js$/.test(entry.name)) continue;
    const file = path.join(root, "dist", entry.name);
    const text = fs.readFileSync(file, "utf8");
    const regions = [...text.matchAll(REGION)].map((m) => ({ at: m.index, name: m[1] }));
    let r = 0;
    for (const match of text.matchAll(DECLARATION)) {
      while (r < regions.length && regions[r].at < match.index) r++;
      const name = match[1] ?? match[2];
      if (!index.has(name)) index.set(name, []);
      index.get(name).push({ file, region: regions[r - 1]?.name ?? "" });
    }
  }
  return index;
}

export class Package {
  constructor(root) {
    this.root = fs.realpathSync(root); // as modules are named to the hook
    this.version = JSON.parse(fs.readFileSync(path.join(this.root, "package.json"), "utf8")).version;
    this.index = indexOf(this.root);
  }

  // Where a name is declared; `source` (a part of the source file's path) tells those of one name apart.
  places(name, source = "") {
    return (this.index.get(name) ?? []).filter(({ region }) => region.includes(source));
  }

  has(name, source) {
    return this.places(name, source).length > 0;
  }

  // The values of several names. All names are given at once and before anything is imported, because a module is
  // loaded once. {name: [name, source]} or {name: name}; undefined for what this version does not have.
  async load(names) {
    const found = {};
    for (const [key, spec] of Object.entries(names)) {
      const [name, source] = Array.isArray(spec) ? spec : [spec, ""];
      const place = this.places(name, source)[0];
      if (!place) continue;
      const url = pathToFileURL(place.file).href;
      if (!wanted.has(url)) wanted.set(url, new Set());
      wanted.get(url).add(name);
      found[key] = { url, name };
    }
    const values = {};
    for (const [key, { url, name }] of Object.entries(found))
      values[key] = (await import(url))[`probe$${name}`];
    return values;
  }
}
