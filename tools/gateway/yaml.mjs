// Writes rules/gateways/VERSION.yaml: the file of a known version, with the probed facts in their places.
//
//     yaml.mjs FACTS VERSION OUT KNOWN.yaml...
//
// Of the known versions the one that needs the fewest changes is taken; standard output names it. What was
// not probed stays as it is in there, comments too, and is listed in the report (standard error). Lists are
// compared as sets: where only the order differs, the known version's stays.
import fs from "node:fs";

const WIDTH = 100;

const plain = (text) => (/^[A-Za-z_][\w./+-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
  ? text : /^(".*"|true|false|\d+)$/.test(text) ? `'${text}'` : JSON.stringify(text));

function scalar(value) {
  return typeof value === "string" ? plain(value) : String(value);
}

// A list, on one line or folded.
function list(values, indent) {
  const one = `[${values.map(scalar).join(", ")}]`;
  if (values.length < 4 && one.length + indent.length < WIDTH - 20) return ` ${one}`;
  const lines = [];
  let line = `${indent}  `;
  values.forEach((value, i) => {
    const item = scalar(value) + (i + 1 < values.length ? "," : "]");
    if (line.trim() && line.length + item.length + 1 > WIDTH) {
      lines.push(line.trimEnd());
      line = `${indent}  `;
    }
    line += `${item} `;
  });
  return ` [\n${[...lines, line.trimEnd()].join("\n")}`;
}

// The rows of the catalogue have their letters in quotes.
const row = (cells) => `[${cells.map((cell, i) => (i === 1 ? JSON.stringify(cell) : scalar(cell))).join(", ")}]`;

function object(values, indent) {
  const entries = Object.entries(values);
  if (!entries.length) return " {}";
  const one = ` { ${entries.map(([key, value]) => `${plain(key)}: ${scalar(value)}`).join(", ")} }`;
  if (entries.length < 8 && !entries.some(([, value]) => Array.isArray(value)) && one.length < WIDTH - 10) return one;
  return "\n" + entries.map(([key, value]) =>
    `${indent}  ${plain(key)}: ${Array.isArray(value) ? row(value) : scalar(value)}`).join("\n");
}

function rendered(value, indent) {
  if (Array.isArray(value)) return list(value, indent);
  if (value && typeof value === "object") return object(value, indent);
  return ` ${scalar(value)}`;
}

const indentOf = (line) => line.match(/^ */)[0].length;
const isComment = (line) => /^\s*(#|$)/.test(line);

// [first line, line after the last] of the value at a path; null when it has none.
function find(lines, keys) {
  let from = 0;
  let to = lines.length;
  for (const [depth, key] of keys.entries()) {
    const head = new RegExp(`^ {${depth * 2}}${key.replace(/[.*]/g, "\\$&")}:`);
    const at = lines.findIndex((line, i) => i >= from && i < to && head.test(line));
    if (at < 0) return null;
    let end = at + 1;
    while (end < to && (isComment(lines[end]) || indentOf(lines[end]) > depth * 2)) end++;
    while (end > at + 1 && isComment(lines[end - 1])) end--; // those of the next key
    [from, to] = [at, end];
  }
  return [from, to];
}

// The value as it is written, for comparison: only the forms that `rendered` writes and the known files have.
function written(lines, [from, to]) {
  const text = lines.slice(from, to).filter((line) => !isComment(line)).join("\n").replace(/^\s*[^:]+:/, "").trim();
  const unquoted = (item) => item.trim().replace(/^"(.*)"$|^'(.*)'$/, "$1$2");
  const items = (inside) => inside.split(",").map(unquoted).filter((item, i, all) => item || all.length > 1);
  if (text.startsWith("[")) return items(text.slice(1, -1)).sort();
  const pairs = text.startsWith("{") ? text.slice(1, -1).split(",") : text.includes("\n") || /^\S+: /.test(text) ? text.split("\n") : null;
  if (!pairs) return unquoted(text);
  return Object.fromEntries(pairs.filter((pair) => pair.trim()).map((pair) => {
    const [, key, value] = pair.match(/^\s*("[^"]*"|[^:]+):\s*(.*)$/);
    return [unquoted(key), value.startsWith("[") ? value.slice(1, -1).split(",").map(unquoted) : unquoted(value)];
  }));
}

const canonical = (value) => JSON.stringify(Array.isArray(value) ? value.map(String).sort()
  : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).sort()) : String(value));

// In the order of the known version, what is new at the end.
function inOrder(value, known) {
  if (Array.isArray(value)) return value;
  const rank = (key) => (key in known ? Object.keys(known).indexOf(key) : Infinity);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b))));
}

function put(lines, key, value, changed) {
  const keys = key.split(key.includes("/") ? "/" : ".");
  const indent = "  ".repeat(keys.length - 1);
  const place = find(lines, keys);
  if (place) {
    const known = written(lines, place);
    if (canonical(known) === canonical(value)) return;
    changed.push(key);
    const whole = typeof value === "object" && !Array.isArray(value) && typeof known === "object" ? inOrder(value, known) : value;
    lines.splice(place[0], place[1] - place[0], ...`${indent}${keys.at(-1)}:${rendered(whole, indent)}`.split("\n"));
    return;
  }
  changed.push(key);
  const section = keys.length > 1 ? find(lines, keys.slice(0, -1)) : [0, lines.length];
  if (!section) throw new Error(`no place for ${key}`);
  lines.splice(section[1], 0, ...`${indent}${keys.at(-1)}:${rendered(value, indent)}`.split("\n"));
}

// The keys of the first two levels.
function keysOf(lines) {
  let section = "";
  return lines.flatMap((line) => {
    const [, indent, key] = line.match(/^( {2})?([\w-]+):/) ?? [];
    if (!key) return [];
    if (!indent) section = key;
    return [indent ? `${section}.${key}` : key];
  });
}

const [factsFile, version, out, ...knownFiles] = process.argv.slice(2);
const facts = JSON.parse(fs.readFileSync(factsFile, "utf8"));

function made(file) {
  const text = fs.readFileSync(file, "utf8");
  const from = text.match(/^version: "(.*)"$/m)[1];
  const lines = text.replaceAll(from, version).trimEnd().split("\n");
  const changed = [];
  for (const [key, value] of Object.entries(facts)) put(lines, key, value, changed);
  return { from, lines, changed };
}

// The one that is most like it; of equals the newest.
const best = knownFiles.map(made).reduce((a, b) => (b.changed.length <= a.changed.length ? b : a));
fs.writeFileSync(out, `${best.lines.join("\n")}\n`);
console.log(best.from);

const probed = (key) => Object.keys(facts).some((fact) => key === fact || key.startsWith(`${fact}.`) || fact.startsWith(`${key}.`));
console.error(`  probed: ${Object.keys(facts).length} keys; other than in ${best.from}: ${best.changed.join(", ") || "none"}`);
console.error(`  not probed, as in ${best.from}: ${keysOf(best.lines).filter((key) => key.includes(".") && !probed(key)).join(", ")}`);
