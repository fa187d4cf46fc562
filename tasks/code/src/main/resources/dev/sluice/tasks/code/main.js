"use strict";
// Runs a task's script with `sluice` in scope and tells Sluice, in one line, why it failed.
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const sluice = require("sluice");

const [script, shown, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], shown, ...args];
globalThis.sluice = sluice;

function report(error) {
  const isError = error instanceof Error;
  const stack = isError ? String(error.stack) : `Uncaught ${String(error)}`;
  const own = stack.split("\n").filter((line) => !line.includes(__filename));
  console.error(own.join("\n").replaceAll("file://", "").replaceAll(script, shown));
  const name = isError ? error.name : "Error";
  const message = isError ? error.message : String(error);
  const at = stack.replaceAll("file://", "").replaceAll(script, shown).indexOf(shown + ":");
  const line = at < 0 ? null : /:(\d+)/.exec(stack.replaceAll("file://", "").replaceAll(script, shown).slice(at));
  const summary = name === "SluiceError" ? message : `${name}: ${message}`;
  sluice._send({ error: (summary + (line ? ` (${shown}:${line[1]})` : "")).slice(0, 4000) });
  process.exit(1);
}

process.on("uncaughtException", report);
process.on("unhandledRejection", report);

if (script.endsWith(".mjs")) {
  import(script).catch(report);
} else {
  const source = fs.readFileSync(script, "utf8");
  const head = "(async (require, module, exports, __filename, __dirname) => {";
  try {
    // One function around the script: so that `await` works at its top level; lines stay what they are.
    const run = new (require("node:vm").Script)(head + source + "\n})", {
      filename: shown,
      columnOffset: -head.length,
      importModuleDynamically: require("node:vm").constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext();
    const module = { exports: {} };
    run(createRequire(script), module, module.exports, script, path.dirname(script)).catch(report);
  } catch (error) {
    report(error);
  }
}
