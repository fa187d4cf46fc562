"use strict";
/**
 * What a node task has of its flow: tables and values in, tables, files and values out.
 *
 *     for (const row of sluice.rows("clean")) ...       // objects
 *     sluice.table("features", rows)                    // a table output; rows may be a generator
 *     fs.writeFileSync(sluice.file("model.json"), ...)  // a file output, called "model"
 *     sluice.value({ auc: 0.83 })                       // value outputs
 *     sluice.inputs, sluice.input("seed"), sluice.path("samples"), sluice.columns("clean")
 *     sluice.progress(0.4, "fold 2"); sluice.metric({ auc: 0.83 })
 *     sluice.item, .index, .run, .task, .attempt, .idempotencyKey
 *
 * Cells are JSON's: numbers, booleans, text, null. Integers beyond 2^53 are BigInt; DECIMAL, DATE and
 * TIMESTAMP are text, exact as DuckDB writes them.
 */
const fs = require("node:fs");
const path = require("node:path");

class SluiceError extends Error {
  constructor(message) {
    super(message);
    this.name = "SluiceError";
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const INT64 = 2n ** 63n;
const written = new Map();
let manifestCache;
let lastProgress = 0;

function manifest() {
  if (manifestCache === undefined) {
    if (!process.env.SLUICE_MANIFEST) {
      throw new SluiceError("sluice works inside a Sluice task only: start this with `sluice run`");
    }
    manifestCache = JSON.parse(fs.readFileSync(process.env.SLUICE_MANIFEST, "utf8"));
  }
  return manifestCache;
}

function find(name, wanted) {
  const inputs = manifest().inputs;
  if (Object.hasOwn(inputs, name)) return inputs[name];
  const there = Object.keys(inputs).filter((k) => !wanted || inputs[k].kind === wanted).sort();
  const what = wanted ?? "input";
  throw new SluiceError(
    `no ${what} "${name}": this task has ` +
      (there.length ? `the ${what}s ${there.join(", ")}` : `no ${what}s`) +
      "; name it under the task's `needs:` or `inputs:`",
  );
}

function tableOf(use, name) {
  if (name === undefined) {
    const inputs = manifest().inputs;
    const names = new Map(
      Object.keys(inputs).filter((k) => inputs[k].kind === "table").map((k) => [inputs[k].ndjson, k]),
    );
    if (names.size !== 1) {
      throw new SluiceError(
        `sluice.${use}(): which table? This task has: ${[...names.values()].sort().join(", ") || "none"}`,
      );
    }
    [name] = names.values();
  }
  const found = find(name, "table");
  if (found.kind === "table") return found;
  const instead = found.kind === "file" ? "path" : "input";
  throw new SluiceError(`input "${name}" is a ${found.kind}, not a table: use sluice.${instead}("${name}")`);
}

/** The rows of an input table, one in memory at a time. Without a name: the only input table. */
function rows(name) {
  return read(tableOf("rows", name));
}

function* read(source) {
  const file = fs.openSync(source.ndjson, "r");
  try {
    const wide = source.columns.filter(([, type]) => /^(U?(BIGINT|HUGEINT)|DECIMAL\(38,0\))$/.test(type)).map(([column]) => column);
    const buffer = Buffer.allocUnsafe(1 << 16);
    let rest = Buffer.alloc(0);
    for (let count; (count = fs.readSync(file, buffer)) > 0; ) {
      const data = Buffer.concat([rest, buffer.subarray(0, count)]);
      let from = 0;
      for (let end; (end = data.indexOf(10, from)) >= 0; from = end + 1) {
        yield parse(data.toString("utf8", from, end), wide);
      }
      rest = data.subarray(from);
    }
    if (rest.length) yield parse(rest.toString("utf8"), wide);
  } finally {
    fs.closeSync(file);
  }
}

function parse(line, wide) {
  // JSON.parse rounds integers beyond 2^53: those are quoted first and become BigInt.
  if (!wide.length || !/\d{16}/.test(line)) return JSON.parse(line);
  const row = JSON.parse(
    line.replace(/"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (part) => (part[0] === '"' ? part : `"${part}"`)),
  );
  for (const column of wide) {
    if (typeof row[column] === "string") {
      const exact = BigInt(row[column]);
      row[column] = BigInt(Number(exact)) === exact && Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
  }
  return row;
}

/** The columns of an input table: an object of name -> DuckDB type. */
function columns(name) {
  return Object.fromEntries(tableOf("columns", name).columns);
}

/** Where an input file lies, or an input table as Parquet. Read-only. */
function pathOf(name) {
  const found = find(name);
  if (found.kind === "value") throw new SluiceError(`input "${name}" is a value, not a file: use sluice.input("${name}")`);
  return found.parquet ?? found.path;
}

/** An input that is neither table nor file; the second argument is for when there is none. */
function input(name, ...otherwise) {
  if (otherwise.length && !Object.hasOwn(manifest().inputs, name)) return otherwise[0];
  const found = find(name, "value");
  if (found.kind === "value") return found.value;
  throw new SluiceError(`input "${name}" is a ${found.kind}: use sluice.${found.kind === "table" ? "rows" : "path"}("${name}")`);
}

/** Writes a table output. For rows that arrive over time (an async iterable) it returns a promise. */
function table(name, rows, columns) {
  claim(name, "table");
  if (rows?.[Symbol.asyncIterator] && !rows[Symbol.iterator]) {
    return (async () => {
      const writer = new TableWriter(name, columns);
      for await (const row of rows) writer.add(row);
      writer.end();
    })();
  }
  if (typeof rows === "string" || !rows?.[Symbol.iterator]) {
    throw new SluiceError(`sluice.table("${name}"): rows is a ${typeof rows} (expected: an iterable of objects)`);
  }
  const writer = new TableWriter(name, columns);
  for (const row of rows) writer.add(row);
  writer.end();
}

class TableWriter {
  constructor(name, columns) {
    this.name = name;
    this.where = `sluice.table("${name}")`;
    this.kinds = new Map(Object.entries(columns ?? {}));
    this.fixed = columns !== undefined;
    this.number = 0;
    this.held = [];
    this.heldLength = 0;
    this.file = fs.openSync(out("tables", name + ".ndjson"), "w");
  }

  add(row) {
    this.number++;
    if (row === null || typeof row !== "object" || Array.isArray(row)) {
      throw new SluiceError(`${this.where}: row ${this.number} is ${JSON.stringify(row)} (expected: an object)`);
    }
    const cells = [];
    for (const [column, cell] of Object.entries(row)) {
      this.note(column, cell);
      cells.push(`${JSON.stringify(column)}:${this.text(column, cell)}`);
    }
    const line = `{${cells.join(",")}}\n`;
    this.held.push(line);
    this.heldLength += line.length;
    if (this.heldLength > 1 << 16) this.flush();
  }

  note(column, cell) {
    if (this.fixed) {
      if (this.kinds.has(column)) return;
      throw new SluiceError(
        `${this.where}: row ${this.number} has a column "${column}" that the columns do not name (there: ${[...this.kinds.keys()].join(", ")})`,
      );
    }
    if (!this.kinds.has(column)) {
      const twin = [...this.kinds.keys()].find((c) => c.toLowerCase() === column.toLowerCase());
      if (twin !== undefined) {
        throw new SluiceError(
          `${this.where}: row ${this.number}: the columns "${twin}" and "${column}" differ in case alone, which SQL does not tell apart; rename one`,
        );
      }
    }
    const had = this.kinds.get(column) ?? null;
    const kind = this.kind(column, cell);
    const both = had === null || had === kind ? kind : kind === null ? had : wider(had, kind);
    if (both === undefined) {
      throw new SluiceError(
        `${this.where}: column "${column}" holds ${had} and then, in row ${this.number}, ${kind}: ` +
          `${String(cell).slice(0, 60)}; convert them to one type, or say {"${column}": "VARCHAR"}`,
      );
    }
    this.kinds.set(column, both);
  }

  kind(column, cell) {
    switch (typeof cell) {
      case "undefined":
        return null;
      case "boolean":
        return "BOOLEAN";
      case "string":
        return "VARCHAR";
      case "bigint":
        return cell >= -INT64 && cell < INT64 ? "BIGINT" : "HUGEINT";
      case "number":
        return Number.isSafeInteger(cell) ? "BIGINT" : "DOUBLE";
      case "object":
        if (cell === null) return null;
        return cell instanceof Date ? "TIMESTAMP WITH TIME ZONE" : "JSON";
      default:
        throw new SluiceError(
          `${this.where}: column "${column}", row ${this.number}: a ${typeof cell} (expected: null, boolean, number, bigint, text, Date, array or object)`,
        );
    }
  }

  text(column, cell) {
    if (typeof cell === "bigint") return cell.toString();
    if (typeof cell === "number" && !Number.isFinite(cell)) {
      throw new SluiceError(
        `${this.where}: column "${column}", row ${this.number}: ${cell} (expected: a finite number, or null where it is missing)`,
      );
    }
    return JSON.stringify(cell ?? null);
  }

  flush() {
    fs.writeSync(this.file, this.held.join(""));
    this.held = [];
    this.heldLength = 0;
  }

  end() {
    this.flush();
    fs.closeSync(this.file);
    if (!this.kinds.size) {
      throw new SluiceError(
        `${this.where}: no rows, so the columns are unknown; say them: sluice.table(name, rows, {"id": "BIGINT", "name": "VARCHAR"})`,
      );
    }
    const columns = [...this.kinds].map(([column, kind]) => [column, kind ?? "VARCHAR"]);
    declare({ table: this.name, path: this.name + ".ndjson", columns });
  }
}

function wider(one, other) {
  const both = [one, other].sort().join();
  return { "BIGINT,DOUBLE": "DOUBLE", "BIGINT,HUGEINT": "HUGEINT", "DOUBLE,HUGEINT": "DOUBLE" }[both];
}

/** A path to write a file output to. The output is called by the file's stem, or by the second argument. */
function file(filename, name) {
  if (typeof filename !== "string" || filename !== path.basename(filename) || ["", ".", ".."].includes(filename)) {
    throw new SluiceError(`sluice.file(${JSON.stringify(filename)}): expected a plain file name, such as "model.json"`);
  }
  const output = name ?? filename.split(".")[0];
  if (name === undefined && !NAME.test(output)) {
    throw new SluiceError(
      `sluice.file("${filename}"): "${output}" cannot be an output's name (letters, digits, _); give it one: sluice.file("${filename}", "report")`,
    );
  }
  claim(output, "file " + filename);
  declare({ file: output, path: filename });
  return out("files", filename);
}

/** Value outputs: null, booleans, numbers, text, arrays and objects; 1 MiB of JSON in all. */
function value(values) {
  for (const [name, data] of Object.entries(values)) {
    claim(name, "value");
    const text = JSON.stringify(data ?? null, (key, cell) => {
      if (typeof cell === "number" && !Number.isFinite(cell)) {
        throw new SluiceError(`sluice.value({${name}}): ${cell} (expected: a finite number; JSON has no ${cell})`);
      }
      if (typeof cell === "bigint") {
        throw new SluiceError(`sluice.value({${name}}): ${cell} is a BigInt; hand it over as text: String(...)`);
      }
      return cell;
    });
    append(`{"value":"${name}","data":${text ?? "null"}}`);
  }
}

/** How far the task is, from 0 to 1 (null: unknown), and what it is at. */
function progress(fraction, message = "") {
  const now = performance.now();
  if (now - lastProgress >= 50 || fraction === 1 || !lastProgress) {
    lastProgress = now;
    send({ progress: fraction ?? null, message: String(message).slice(0, 1000) });
  }
}

/** Numbers that the run records under this task. The last one of a name counts. */
function metric(numbers) {
  for (const [name, number] of Object.entries(numbers)) {
    if (!Number.isFinite(number)) throw new SluiceError(`sluice.metric({${name}: ${number}}): expected a finite number`);
    send({ metric: name, value: number });
  }
}

function claim(name, what) {
  if (!NAME.test(name)) {
    throw new SluiceError(`output "${name}": expected a name of ASCII letters, digits and _, at most 63`);
  }
  const had = written.get(name);
  written.set(name, what);
  if (had !== undefined && (had !== what || what === "table")) {
    throw new SluiceError(`output "${name}" is there already (${had}): give the ${what.split(" ")[0]} another name`);
  }
}

function out(folder, name) {
  return path.join(process.env.SLUICE_OUT, folder, name);
}

function declare(what) {
  append(JSON.stringify(what));
}

function append(line) {
  fs.appendFileSync(out("", "declared.jsonl"), line + "\n");
}

function send(message) {
  try {
    fs.writeSync(Number(process.env.SLUICE_CONTROL ?? 3), JSON.stringify(message) + "\n");
  } catch {
    // Nobody listens: progress and metrics are no reason to fail.
  }
}

module.exports = { rows, columns, path: pathOf, input, table, file, value, progress, metric, log: console.log, SluiceError, _send: send };
for (const [name, key] of [["run"], ["task"], ["attempt"], ["item"], ["index"], ["idempotencyKey", "idempotency_key"]]) {
  Object.defineProperty(module.exports, name, { enumerable: true, get: () => manifest()[key ?? name] });
}
Object.defineProperty(module.exports, "inputs", {
  enumerable: true,
  get: () =>
    Object.fromEntries(
      Object.entries(manifest().inputs).filter(([, v]) => v.kind === "value").map(([k, v]) => [k, v.value]),
    ),
});
