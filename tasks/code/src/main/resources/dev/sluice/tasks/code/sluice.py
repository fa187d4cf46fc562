"""What a python task has of its flow: tables and values in, tables, files and values out.

    import sluice

    for row in sluice.rows("clean"):         # dicts: int, float, Decimal, date, datetime, str, None
        ...
    df = sluice.frame("clean")               # a pandas.DataFrame, where pandas is installed
    sluice.table("features", rows)           # a table output; rows may be a generator or a DataFrame
    with open(sluice.file("model.json"), "w") as f: ...   # a file output, called "model"
    sluice.value(auc=0.83)                   # a value output: ${{ tasks.choose.outputs.auc }}
    sluice.progress(0.4, "fold 2 of 5")
    sluice.metric(loss=0.12)

Inputs are named as on the flow's edges: `clean` is the task's default table or file, `clean.rejects`
another output of it, and whatever stands under the task's own `inputs:`.

    sluice.inputs            dict of all inputs that are neither table nor file
    sluice.input("seed")     one of them
    sluice.path("samples")   where a file or table (Parquet) lies; read it, never write it
    sluice.columns("clean")  dict of a table's columns and their DuckDB types
    sluice.item, .index      the item of a foreach and its number, else None
    sluice.run, .task, .attempt, .idempotency_key

The standard library is enough; pandas and pyarrow are used where they are installed.
"""

from __future__ import annotations

import os as _os

__all__ = [
    "rows", "frame", "columns", "path", "input", "inputs", "table", "file", "value", "progress",
    "metric", "log", "item", "index", "run", "task", "attempt", "idempotency_key", "SluiceError",
]

_MAX_VALUE_BYTES = 1 << 20
_manifest_cache = None
_written = {}
_last_progress = [0.0]


class SluiceError(Exception):
    """A mistake in the use of this module; the message says what was expected."""


def rows(name: str = None):
    """The rows of an input table, as an iterator of dicts; one row is in memory at a time.

    Integers are exact ints of any size, DECIMAL is decimal.Decimal, DATE, TIME and TIMESTAMP are
    date, time and datetime (text where Python has no such value: year 10000, nanoseconds), NULL
    is None. Without a name: the only input table.
    """
    return _read(_table("rows", name))


def frame(name: str = None):
    """An input table as a pandas.DataFrame. Needs pandas; reads Parquet where pyarrow is too."""
    source = _table("frame", name)
    try:
        import pandas
    except ImportError:
        import sys

        raise SluiceError(
            f"sluice.frame needs pandas, which {sys.executable} does not have: use sluice.rows(), "
            f"which needs nothing, or install it with: {sys.executable} -m pip install pandas"
        ) from None
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return _frame_of_rows(pandas, source)
    return pandas.read_parquet(source["parquet"], engine="pyarrow")


def columns(name: str = None) -> dict:
    """The columns of an input table: name -> DuckDB type, in order."""
    return dict(map(tuple, _table("columns", name)["columns"]))


def path(name: str) -> str:
    """Where an input file lies, or an input table as Parquet. Read-only."""
    found = _find("path", name)
    if found["kind"] == "value":
        raise SluiceError(f'input "{name}" is a value, not a file: use sluice.input("{name}")')
    return found["parquet"] if found["kind"] == "table" else found["path"]


def input(name: str, *default):
    """An input that is neither table nor file; the second argument is for when there is none."""
    if default and name not in _manifest()["inputs"]:
        return default[0]
    found = _find("input", name)
    if found["kind"] == "value":
        return found["value"]
    use = "rows" if found["kind"] == "table" else "path"
    raise SluiceError(f'input "{name}" is a {found["kind"]}: use sluice.{use}("{name}")')


def table(name: str, rows, columns: dict = None) -> None:
    """Writes a table output, streaming: rows is any iterable of dicts, or a pandas.DataFrame.

    The columns are those of the rows, in the order they first appear, their types those of the
    Python values; a key that a row lacks is NULL. `columns` fixes both:
    columns={"id": "BIGINT", "price": "DECIMAL(18,2)"} (int, float, str, bool, date, ... will do).
    """
    _claim(name, "table")
    if hasattr(rows, "itertuples") and hasattr(rows, "columns"):
        _table_of_frame(name, rows, columns)
    else:
        from _sluice_rows import write

        _declare_table(name, write(name, rows, columns, _out("tables", name + ".ndjson")))


def file(filename: str, name: str = None) -> str:
    """A path to write a file output to. The output is called by the file's stem, or by `name`."""
    if not isinstance(filename, str) or filename != _os.path.basename(filename) or filename in ("", ".", ".."):
        raise SluiceError(f"sluice.file({filename!r}): expected a plain file name, such as \"model.json\"")
    output = name if name is not None else filename.split(".")[0]
    if name is None and not _is_name(output):
        fixed = "".join(c if c.isascii() and c.isalnum() else "_" for c in output) or "file"
        raise SluiceError(
            f"sluice.file({filename!r}): {output!r} cannot be an output's name (letters, digits, _); "
            f"give it one: sluice.file({filename!r}, name={fixed!r})"
        )
    _claim(output, "file " + filename)
    _declare({"file": output, "path": filename})
    return _out("files", filename)


def value(**values) -> None:
    """Value outputs: None, bool, int, float, str, list or dict; 1 MiB of JSON in all."""
    from _sluice_json import value_text

    for name, data in values.items():
        _claim(name, "value")
        text = value_text(f"sluice.value({name}=...)", data, SluiceError)
        if len(text) > _MAX_VALUE_BYTES:
            raise SluiceError(
                f"sluice.value({name}=...): {len(text)} characters of JSON (at most {_MAX_VALUE_BYTES}): "
                "write a table or a file instead"
            )
        _append('{"value":"%s","data":%s}' % (name, text))


def progress(fraction: float = None, message: str = "") -> None:
    """How far the task is, from 0 to 1 (None: unknown), and what it is at."""
    from time import monotonic

    if fraction is not None and not 0 <= fraction <= 1:
        raise SluiceError(f"sluice.progress({fraction!r}): expected a fraction from 0 to 1, or None")
    now = monotonic()
    if now - _last_progress[0] >= 0.05 or fraction == 1 or not _last_progress[0]:
        _last_progress[0] = now
        _send({"progress": None if fraction is None else float(fraction), "message": str(message)[:1000]})


def metric(*pair, **numbers) -> None:
    """Numbers that the run records under this task: metric(auc=0.83) or metric("auc", 0.83).

    The last one of a name counts.
    """
    if pair:
        if len(pair) != 2:
            raise SluiceError('sluice.metric: expected a name and a number, or name=number')
        numbers[str(pair[0])] = pair[1]
    for name, number in numbers.items():
        number = float(number)
        if number != number or number in (float("inf"), float("-inf")):
            raise SluiceError(f"sluice.metric({name}={number}): expected a finite number")
        _send({"metric": name, "value": number})


def log(*words) -> None:
    """A line in the task's log; print() does the same."""
    print(*words, flush=True)


def __getattr__(name):
    if name in ("run", "task", "attempt", "item", "index", "idempotency_key"):
        return _manifest()[name]
    if name == "inputs":
        return {k: v["value"] for k, v in _manifest()["inputs"].items() if v["kind"] == "value"}
    raise AttributeError(f"module 'sluice' has no attribute {name!r}; help(sluice) shows what it has")


def __dir__():
    return sorted(__all__)


def _manifest():
    global _manifest_cache
    if _manifest_cache is None:
        from _sluice_json import decode

        try:
            with open(_os.environ["SLUICE_MANIFEST"], encoding="utf-8") as f:
                _manifest_cache = decode(f.read())
        except KeyError:
            raise SluiceError("sluice works inside a Sluice task only: start this with `sluice run`") from None
    return _manifest_cache


def _find(use, name):
    inputs = _manifest()["inputs"]
    if name in inputs:
        return inputs[name]
    wanted = {"rows": "table", "frame": "table", "columns": "table", "input": "value"}.get(use)
    there = [k for k, v in inputs.items() if wanted is None or v["kind"] == wanted]
    from difflib import get_close_matches

    near = get_close_matches(str(name), there, 1)
    what = wanted or "input"
    raise SluiceError(
        f'no {what} "{name}": this task has '
        + (f"the {what}s " + ", ".join(sorted(there)) if there else f"no {what}s")
        + (f'; did you mean "{near[0]}"?' if near else "; name it under the task's `needs:` or `inputs:`")
    )


def _table(use, name):
    if name is None:
        tables = {v["ndjson"]: k for k, v in _manifest()["inputs"].items() if v["kind"] == "table"}
        if len(tables) != 1:
            there = ", ".join(sorted(tables.values())) or "none"
            raise SluiceError(f"sluice.{use}(): which table? This task has: {there}")
        (name,) = tables.values()
    found = _find(use, name)
    if found["kind"] == "table":
        return found
    use = "path" if found["kind"] == "file" else "input"
    raise SluiceError(f'input "{name}" is a {found["kind"]}, not a table: use sluice.{use}("{name}")')


def _read(source):
    from _sluice_json import decode
    from _sluice_rows import converters

    convert = converters(source["columns"])
    with open(source["ndjson"], encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row = decode(line)
            for column, reader in convert:
                cell = row.get(column)
                if cell is not None:
                    row[column] = reader(cell)
            yield row


def _frame_of_rows(pandas, source):
    cells = {name: [] for name, _ in source["columns"]}
    for row in _read(source):
        for name, list_ in cells.items():
            list_.append(row.get(name))
    types = dict(map(tuple, source["columns"]))
    series = {}
    for name, list_ in cells.items():
        whole = types[name].endswith("INT") or types[name] in ("INTEGER", "BIGINT")
        if whole and None in list_ and types[name] not in ("HUGEINT", "UHUGEINT"):
            series[name] = pandas.array(list_, dtype="UInt64" if types[name] == "UBIGINT" else "Int64")
        else:
            series[name] = pandas.Series(list_)
    return pandas.DataFrame(series, columns=list(cells))


def _table_of_frame(name, frame, columns):
    from _sluice_rows import frame_kinds, frame_rows, write

    frame = frame.rename(columns=str)
    if columns is None:
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            pass
        else:
            frame.to_parquet(_out("tables", name + ".parquet"), engine="pyarrow", index=False)
            _declare({"table": name, "path": name + ".parquet"})
            return
    rows = frame_rows(frame)
    _declare_table(name, write(name, rows, columns, _out("tables", name + ".ndjson"), frame_kinds(frame)))


def _declare_table(name, columns):
    _declare({"table": name, "path": name + ".ndjson", "columns": columns})


def _is_name(name):
    return (
        isinstance(name, str)
        and 0 < len(name) <= 63
        and name.isascii()
        and name.isidentifier()
    )


def _claim(name, what):
    if not _is_name(name):
        raise SluiceError(f"output {name!r}: expected a name of ASCII letters, digits and _, at most 63")
    had = _written.get(name)
    _written[name] = what
    if had is not None and (had != what or what == "table"):
        raise SluiceError(
            f'output "{name}" is there already ({had}): give the {what.split()[0]} another name'
        )


def _out(folder, name):
    return _os.path.join(_os.environ["SLUICE_OUT"], folder, name)


def _declare(what):
    from _sluice_json import encoder

    _append(encoder(None)(what))


def _append(line):
    target = _os.open(_out("", "declared.jsonl"), _os.O_WRONLY | _os.O_APPEND | _os.O_CREAT, 0o600)
    try:
        data = (line + "\n").encode("utf-8")
        while data:
            data = data[_os.write(target, data):]
    finally:
        _os.close(target)


def _send(message):
    from _sluice_json import encoder

    line = (encoder(None)(message) + "\n").encode("utf-8", "replace")
    try:
        _os.write(int(_os.environ.get("SLUICE_CONTROL", "3")), line)
    except OSError:
        pass  # nobody listens: progress and metrics are no reason to fail
