// How fast npm json5, which the gateway uses, reads a file: node bench/parse_json5.js FILE [MODULE]
// MODULE is where npm has put json5, if not where node looks. Prints why when it cannot run.
'use strict';
const fs = require('fs');

const RUNS = 3;
const [file, module_path] = process.argv.slice(2);

function load() {
  for (const name of [module_path, 'json5', '/usr/share/nodejs/json5'].filter(Boolean)) {
    try {
      return { JSON5: require(name), version: require(`${name}/package.json`).version };
    } catch (e) {
      if (e.code !== 'MODULE_NOT_FOUND') throw e;
    }
  }
  console.log('  npm json5: left out, it is not installed (npm install json5@2.2.3)');
  process.exit(0);
}

const { JSON5, version } = load();
const text = fs.readFileSync(file, 'utf8');
const seconds = [];
for (let i = 0; i < RUNS; i++) {
  const start = process.hrtime.bigint();
  JSON5.parse(text);
  seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
}
seconds.sort((a, b) => a - b);
const rate = fs.statSync(file).size / seconds[RUNS >> 1] / 1e6;
console.log(`  npm json5 ${version} in node ${process.version}: ${rate.toFixed(1)} MB/s`);
