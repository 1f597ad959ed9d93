// What changed from a known version, for people:
//
//     compare.mjs DIRECTORY-OF-THE-NEW VERSION KNOWN-VERSION
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [made, version, known] = process.argv.slice(2);
const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SHOWN = 40;

function print(title, lines) {
  console.log(`${title}: ${lines.length || "none"}`);
  for (const line of lines.slice(0, SHOWN)) console.log(`    ${line}`);
  if (lines.length > SHOWN) console.log(`    ... and ${lines.length - SHOWN} more`);
}

function added(before, after, what) {
  return [...[...after].filter((x) => !before.has(x)).map((x) => `+ ${what}${x}`),
    ...[...before].filter((x) => !after.has(x)).map((x) => `- ${what}${x}`)];
}

// ---- keys of the schema ----------------------------------------------------------------------------------

// Every path that the schema speaks of; a path below one that is new or gone says nothing more.
function keysOf(schema) {
  const found = new Set();
  const seen = new Set(); // definitions on the way down
  const walk = (node, at) => {
    if (!node || typeof node !== "object") return;
    if (node.$ref) {
      if (seen.has(node.$ref)) return;
      seen.add(node.$ref);
      walk(schema.$defs?.[node.$ref.split("/").pop()], at);
      seen.delete(node.$ref);
      return;
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      const here = at ? `${at}.${key}` : key;
      found.add(here);
      walk(child, here);
    }
    for (const word of ["anyOf", "oneOf", "allOf"]) for (const child of node[word] ?? []) walk(child, at);
    walk(node.additionalProperties, `${at}.*`);
    if (!Array.isArray(node.items)) walk(node.items, `${at}[]`);
  };
  walk(schema, "");
  return found;
}

const parentOf = (key) => key.replace(/(\.[^.]*|\[\])$/, "");
function outermost(lines, missing) {
  const within = new Set(missing);
  return lines.filter((line) => {
    for (let key = parentOf(line.slice(2)); key; key = parentOf(key) === key ? "" : parentOf(key))
      if (within.has(key)) return false;
    return true;
  });
}

function schemaKeys() {
  const read = (file) => keysOf(JSON.parse(fs.readFileSync(file, "utf8")));
  const before = read(path.join(ROOT, "rules/gateways", `schema-${known}.json`));
  const after = read(path.join(made, `schema-${version}.json`));
  const changes = added(before, after, "").filter((line) => !/plugins\.entries\./.test(line));
  print("keys of the schema", outermost(changes, changes.map((line) => line.slice(2))).sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)));
}

// ---- facts -------------------------------------------------------------------------------------------------

// Lines of the two files without comments, as sets: both are written by one hand.
function facts() {
  const words = (file) => {
    const keys = [];
    const found = new Set();
    for (const line of fs.readFileSync(file, "utf8").split("\n")) {
      const text = line.replace(/^\s*#.*$/, "");
      if (!text.trim()) continue;
      const depth = text.match(/^ */)[0].length / 2;
      const head = text.match(/^\s*("[^"]*"|[\w.@*-]+):(?:\s|$)/);
      if (head) {
        keys.length = Math.min(keys.length, depth);
        keys[depth] = head[1];
      }
      const values = (head ? text.slice(head[0].length) : text).split(",")
        .map((value) => value.replace(/[[\]{}]/g, "").trim()).filter(Boolean);
      for (const value of values) found.add(`${keys.filter(Boolean).join(".")}: ${value}`);
    }
    return found;
  };
  print("facts", added(words(path.join(ROOT, "rules/gateways", `${known}.yaml`)), words(path.join(made, `${version}.yaml`)), "")
    .filter((line) => !/^. version:/.test(line)));
}

// ---- answers -------------------------------------------------------------------------------------------------

function vectorsOf(file) {
  if (!fs.existsSync(file)) return new Map();
  return new Map(fs.readFileSync(file, "utf8").split("\n").filter(Boolean)
    .map((line) => JSON.parse(line)).map((vector) => [vector.id, vector]));
}

function pairs(kind) {
  const before = vectorsOf(path.join(ROOT, "testdata/vectors", `${kind}-${known}.jsonl`));
  const found = [];
  for (const [id, after] of vectorsOf(path.join(made, `${kind}-${version}.jsonl`))) {
    const same = before.get(id) ?? before.get(id.replace(`${known}/`, "")); // recorded anew, or given as it is
    if (same) found.push([id, same, after]);
  }
  return found;
}

const canonical = (value) => JSON.stringify(value, (_, v) => (v && typeof v === "object" && !Array.isArray(v)
  ? Object.fromEntries(Object.entries(v).sort()) : v));

function answers() {
  const routes = pairs("route").flatMap(([id, before, after]) => after.queries.flatMap((query, i) => {
    const [was, is] = [before.queries[i].out, query.out];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => was[key] !== is[key]);
    return keys.map((key) => ({ key, line: `${id}: ${key} ${canonical(was[key])} -> ${canonical(is[key])}` }));
  }));
  const byKey = Map.groupBy(routes, ({ key }) => key);
  print("answers to routes", [...byKey].map(([key, all]) => `${key}: ${all.length} differ, as in ${all[0].line}`));
  const changed = ([, before, after]) => before.valid !== after.valid ||
    canonical([...new Set(before.errors.map((e) => e.path))].sort()) !== canonical([...new Set(after.errors.map((e) => e.path))].sort());
  const say = ({ valid, errors }) => (valid ? "valid" : `refused at ${[...new Set(errors.map((e) => e.path || "(root)"))].join(", ")}`);
  print("verdicts", pairs("validate").filter(changed).map(([id, before, after]) => `${id}: ${say(before)} -> ${say(after)}`));
}

schemaKeys();
facts();
answers();
