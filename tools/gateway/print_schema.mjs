// The schema of a version that has no command to print it:
//
//     print_schema.mjs PACKAGE-ROOT > SCHEMA
import path from "node:path";
import { isolate } from "./gateway.mjs";
import { Package } from "./package.mjs";

isolate();
const { build } = await new Package(path.resolve(process.argv[2])).load({ build: ["buildConfigSchema", "src/config/schema"] });
process.stdout.write(`${JSON.stringify(build().schema)}\n`, () => process.exit(0));
