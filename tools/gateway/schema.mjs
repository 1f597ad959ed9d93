// The schema of the installed version in the form of rules/gateways/schema-VERSION.json:
//
//     schema.mjs PACKAGE-ROOT OUTPUT-OF-config-schema SCHEMA-FILE PLUGINS-FILE
//
// Without what only forms need (titles, descriptions), keys in order, and what occurs more than
// once as a definition, one definition a line, so that two versions can be compared by `diff`.
import fs from "node:fs";
import path from "node:path";

const DROPPED = new Set(["title", "description", "examples", "$schema", "$id", "deprecated", "readOnly",
  "writeOnly", "$comment"]);
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const LITERAL = new Set(["const", "enum", "default"]); // values, not schemas
// JSON Schema has no flags, so the export loses that these ignore case: the ids of agents.
const IGNORES_CASE = new Set(["^[a-z0-9_][a-z0-9_-]{0,63}$", "^[a-z0-9][a-z0-9_-]{0,63}$"]);
const DEFINITION_MIN = 47; // of the text: shorter ones are repeated in full

// A key that has a default and is required: the loader fills it in, so that the config need not have it.
const filledIn = (schema, key) => schema.properties?.[key]?.default !== undefined;

// Definitions of a part of the schema, in the places that refer to them.
function inlined(value, definitions = {}) {
  if (Array.isArray(value)) return value.map((item) => inlined(item, definitions));
  if (!value || typeof value !== "object") return value;
  const { $defs, ...rest } = value;
  const inner = $defs && !$defs.type ? { ...definitions, ...$defs } : definitions;
  const name = typeof value.$ref === "string" ? value.$ref.replace("#/$defs/", "") : "";
  if (Object.hasOwn(inner, name)) {
    const { [name]: found, ...others } = inner; // one that refers to itself stays as it is
    return inlined(found, others);
  }
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, inlined(item, inner)]));
}

const sorted = (value) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

// `named`: the keys are names that the config's author chose, not words of JSON Schema.
function stripped(value, named = false) {
  if (Array.isArray(value)) return value.map((item) => stripped(item));
  if (!value || typeof value !== "object") return value;
  if (!named && value.required) {
    const { required: all, ...rest } = value;
    const required = all.filter((key) => !filledIn(value, key)).sort();
    return sorted({ ...stripped(rest), ...(required.length ? { required } : {}) });
  }
  const keys = Object.keys(value).filter((key) => named || !DROPPED.has(key));
  return sorted(Object.fromEntries(keys.map((key) => [key,
    !named && LITERAL.has(key) ? value[key]
      : !named && IGNORES_CASE.has(value[key]) ? value[key].replaceAll("a-z", "A-Za-z")
      : stripped(value[key], !named && NAMED.has(key))])));
}

function count(value, seen, named = false) {
  if (Array.isArray(value)) for (const item of value) count(item, seen);
  if (!value || typeof value !== "object" || Array.isArray(value)) return;
  const text = JSON.stringify(value);
  if (!named) seen.set(text, (seen.get(text) ?? 0) + 1);
  if (seen.get(text) > 1) return;
  for (const [key, item] of Object.entries(value)) count(item, seen, !named && NAMED.has(key));
}

function withDefinitions(schema) {
  const seen = new Map();
  count(schema, seen);
  const names = new Map([...seen].filter(([text, n]) => n > 1 && text.length >= DEFINITION_MIN)
    .map(([text], i) => [text, `d${String(i + 1).padStart(4, "0")}`]));
  const replace = (value, named = false, itself = "") => {
    if (Array.isArray(value)) return value.map((item) => replace(item));
    if (!value || typeof value !== "object") return value;
    const text = JSON.stringify(value);
    if (!named && text !== itself && names.has(text)) return { $ref: `#/$defs/${names.get(text)}` };
    return Object.fromEntries(Object.entries(value).map(([key, item]) =>
      [key, replace(item, !named && NAMED.has(key))]));
  };
  const lines = [...names].map(([text, name]) =>
    `${JSON.stringify(name)}:${JSON.stringify(replace(JSON.parse(text), false, text))}`);
  const rest = JSON.stringify(replace(schema, false, JSON.stringify(schema))).slice(1);
  return `{"$defs":{\n${lines.join(",\n")}\n},\n${rest}\n`;
}

// The schemas of the plugins that come with the gateway, by id; one plugin a line.
function plugins(root) {
  const found = new Map();
  for (const folder of ["dist/extensions", "extensions"]) {
    const at = path.join(root, folder);
    for (const name of fs.existsSync(at) ? fs.readdirSync(at) : []) {
      const file = path.join(at, name, "openclaw.plugin.json");
      if (!fs.existsSync(file)) continue;
      const manifest = JSON.parse(fs.readFileSync(file, "utf8"));
      if (manifest.configSchema) found.set(manifest.id, stripped(inlined(manifest.configSchema)));
    }
  }
  const lines = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, schema]) => `${JSON.stringify(id)}:${JSON.stringify(schema)}`);
  return `{"type":"object","properties":{\n${lines.join(",\n")}\n}}\n`;
}

const [root, exported, out, outPlugins] = process.argv.slice(2);
fs.writeFileSync(out, withDefinitions(stripped(inlined(JSON.parse(fs.readFileSync(exported, "utf8"))))));
fs.writeFileSync(outPlugins, plugins(root));
