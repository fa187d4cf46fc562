"""The cells of tables: DuckDB's types to Python's and back, exactly. Part of the sluice module."""

from __future__ import annotations

from datetime import date as _date, datetime as _datetime, time as _time
from decimal import Decimal as _Decimal

from _sluice_json import INT64 as _INT64, decode, encoder, plain as _plain, short as _short
from sluice import SluiceError


def converters(columns):
    """For the columns that JSON cannot hold by itself: (name, function of a JSON cell)."""
    found = ((name, _converter(type_)) for name, type_ in columns)
    return [(name, function) for name, function in found if function is not None]


def _converter(type_):
    if type_.endswith("[]"):
        inner = _converter(type_[:-2])
        return inner and (lambda cells: [None if c is None else inner(c) for c in cells])
    if type_.startswith("DECIMAL") and type_ != "DECIMAL(38,0)":  # that is how tables keep big integers
        return lambda cell: _Decimal(str(cell))
    if type_ in ("DOUBLE", "FLOAT"):
        return float
    if type_ == "BLOB":
        from base64 import b64decode

        return b64decode
    if type_ == "JSON":
        return lambda cell: decode(cell) if isinstance(cell, str) else cell
    if type_ in ("DATE", "TIME") or type_.startswith("TIMESTAMP"):
        if type_ == "DATE":
            return _or_text(_date.fromisoformat)
        if type_ == "TIME":
            return _or_text(lambda cell: _time.fromisoformat(_micros(cell)))
        return _or_text(lambda cell: _datetime.fromisoformat(_micros(cell)))
    return None


def _or_text(parse):
    def read(cell):
        try:
            return parse(cell)
        except ValueError:
            return cell  # infinity, BC, year 10000, nanoseconds: Python has no such value

    return read


def _micros(text):
    """`…:05.5+02` -> `…:05.500000+02:00`, the one form that every Python since 3.7 reads."""
    zone = ""
    at = max(text.rfind("+"), text.rfind("-", 11))
    if at > 0:
        text, zone = text[:at], text[at:]
        zone += ":00" if len(zone) == 3 else ""
    elif text.endswith("Z"):
        text, zone = text[:-1], "+00:00"
    text, dot, fraction = text.partition(".")
    if dot:
        if len(fraction) > 6:
            if fraction[6:].strip("0"):
                raise ValueError(text)
            fraction = fraction[:6]
        text += "." + fraction.ljust(6, "0")
    return text + zone


def write(name, rows, columns, target, known=None):
    """Writes rows as newline-delimited JSON; answers their columns as [name, DuckDB type] pairs."""
    where = f'sluice.table("{name}")'
    if isinstance(rows, (dict, str, bytes)) or not hasattr(rows, "__iter__"):
        raise SluiceError(f"{where}: rows is a {type(rows).__name__} (expected: an iterable of dicts)")
    fixed = None if columns is None else [[c, _type_name(where, c, t)] for c, t in columns.items()]
    kinds = _Kinds(where, {c: None for c, _ in fixed} if fixed else dict(known or {}), fixed is not None)
    encode = encoder(_default)
    number = 0
    with open(target, "w", encoding="utf-8", newline="\n", buffering=1 << 18) as out:
        for row in rows:
            number += 1
            try:
                kinds.look(row, number)
                out.write(encode(row) + "\n")
            except (AttributeError, TypeError, ValueError) as e:
                raise kinds.explain(row, number, e) from None
    if fixed is not None:
        return fixed
    if not kinds.of:
        raise SluiceError(
            f"{where}: no rows, so the columns are unknown; "
            'say them: sluice.table(..., columns={"id": "BIGINT", "name": "VARCHAR"})'
        )
    return [[c, kinds.type_of(c)] for c in kinds.of]


def frame_kinds(frame):
    """The columns of a pandas.DataFrame, with their types as far as numpy says them."""
    kinds = {"b": "BOOLEAN", "i": "BIGINT", "u": "HUGEINT", "f": "DOUBLE", "M": "TIMESTAMP"}
    found = {}
    for name, dtype in zip(frame.columns, frame.dtypes):
        zoned = getattr(dtype, "tz", None) is not None
        found[name] = "TIMESTAMP WITH TIME ZONE" if zoned else kinds.get(getattr(dtype, "kind", "O"))
        if found[name] == "HUGEINT" and dtype.itemsize < 8:
            found[name] = "BIGINT"
    return found


def frame_rows(frame):
    """The rows of a pandas.DataFrame, with None for what is missing."""
    names = list(frame.columns)
    missing = frame.isna().to_numpy()
    for number, cells in enumerate(frame.itertuples(index=False, name=None)):
        gone = missing[number]
        yield {n: None if gone[i] else _plain(c) for i, (n, c) in enumerate(zip(names, cells))}


class _Kinds:
    """What type each column turns out to have."""

    def __init__(self, where, columns, fixed):
        self.where = where
        self.of = columns  # name -> kind, None while only nulls were seen
        self.fixed = fixed
        self.known = {c: {type(None)} for c in columns}  # Python types that change nothing any more
        self.digits = {}  # DECIMAL columns: [digits before the point, after it]
        self.quantum = {}  # and the last value that was looked at in full

    def look(self, row, number):
        known = self.known
        for name, cell in row.items():
            kind = type(cell)
            try:
                if kind in known[name] and (kind is not int or -_INT64 <= cell < _INT64):
                    continue
                if kind is _Decimal and self.fits(name, cell):
                    continue
            except KeyError:
                self.add(name, number)
            self.note(name, cell, number)

    def fits(self, name, cell):
        """Whether a decimal changes nothing: exponent as the last one's, no more digits before it."""
        last = self.quantum.get(name)
        return last is not None and cell.same_quantum(last) and cell.adjusted() < self.digits[name][0]

    def add(self, name, number):
        if self.fixed:
            raise SluiceError(
                f'{self.where}: row {number} has a column "{name}" that columns= does not name '
                f"(there: {', '.join(self.of)})"
            )
        if not isinstance(name, str) or not name:
            raise SluiceError(f"{self.where}: row {number}: a column is called {name!r} (expected: a text)")
        twin = next((c for c in self.of if c.lower() == name.lower()), None)
        if twin is not None:
            raise SluiceError(
                f'{self.where}: row {number}: the columns "{twin}" and "{name}" differ in case alone, '
                "which SQL does not tell apart; rename one"
            )
        if len(self.of) >= 10_000:
            raise SluiceError(f"{self.where}: more than 10,000 columns; are row keys values by mistake?")
        self.of[name] = None
        self.known[name] = {type(None)}

    def note(self, name, cell, number):
        kind = None if self.fixed else self.kind(name, cell)
        if kind is not None:
            both = _unify(self.of[name], kind)
            if both is None:
                raise SluiceError(
                    f'{self.where}: column "{name}" holds {_WORDS[self.of[name].rstrip("[]")]} and then, in row '
                    f"{number}, {_WORDS[kind.rstrip('[]')]}: {_short(cell)}; convert them to one type, or say "
                    f'columns={{"{name}": "VARCHAR", ...}}'
                )
            self.of[name] = both
        if type(cell) is _Decimal and kind == "DECIMAL":
            self.quantum[name] = cell
        if type(cell) in (bool, str, float, _date) or (type(cell) is int and kind != "HUGEINT"):
            self.known[name].add(type(cell))

    def kind(self, name, cell):
        cell = _plain(cell)
        if cell is None:
            return None
        if isinstance(cell, bool):
            return "BOOLEAN"
        if isinstance(cell, int):
            return "BIGINT" if -_INT64 <= cell < _INT64 else "HUGEINT"
        if isinstance(cell, float):
            return "DOUBLE"
        if isinstance(cell, str):
            return "VARCHAR"
        if isinstance(cell, dict):
            return "JSON"
        if isinstance(cell, (list, tuple)):
            inner = None
            for item in cell:
                one = self.kind(name, item)
                inner = one if inner is None else inner if one is None else _unify(inner, one) or "JSON"
            return (inner or "VARCHAR") + "[]" if inner != "JSON" else "JSON"
        return self.other_kind(name, cell)

    def other_kind(self, name, cell):
        if isinstance(cell, _Decimal):
            if not cell.is_finite():
                raise ValueError
            _, figures, exponent = cell.as_tuple()
            most = self.digits.setdefault(name, [1, 0])
            most[0] = max(most[0], len(figures) + exponent)
            most[1] = max(most[1], -exponent)
            return "DECIMAL"
        if isinstance(cell, _datetime):
            return "TIMESTAMP" if cell.tzinfo is None else "TIMESTAMP WITH TIME ZONE"
        if isinstance(cell, _date):
            return "DATE"
        if isinstance(cell, _time) and cell.tzinfo is None:
            return "TIME"
        if isinstance(cell, bytes):
            return "BLOB"
        if type(cell).__name__ == "UUID":
            return "VARCHAR"
        raise TypeError

    def type_of(self, name):
        kind = self.of[name] or "VARCHAR"
        if not kind.startswith("DECIMAL"):
            return kind
        before, after = self.digits[name]
        if before + after > 38:
            raise SluiceError(
                f'{self.where}: column "{name}" needs {before + after} digits, {after} of them after the '
                "point (at most 38 in all): round them"
            )
        return f"DECIMAL({18 if before + after <= 18 else 38},{after})" + kind[len("DECIMAL"):]

    def explain(self, row, number, error):
        if not hasattr(row, "items"):
            return SluiceError(f"{self.where}: row {number} is a {type(row).__name__} (expected: a dict)")
        for name, cell in row.items():
            if isinstance(cell, float) and (cell != cell or cell - cell != 0):
                return SluiceError(
                    f'{self.where}: column "{name}", row {number}: {cell} (expected: a finite number, or '
                    "None where it is missing)"
                )
            try:
                _Kinds(self.where, {name: None}, False).note(name, cell, number)
                encoder(_default)(cell)
            except (TypeError, ValueError):
                return SluiceError(
                    f'{self.where}: column "{name}", row {number}: {_short(cell)}, a {type(cell).__name__} '
                    "(expected: None, bool, int, float, Decimal, str, bytes, date, datetime, time, list or dict)"
                )
        return error


_WORDS = {
    "BOOLEAN": "true/false", "BIGINT": "integers", "HUGEINT": "integers", "DOUBLE": "numbers",
    "DECIMAL": "decimals", "VARCHAR": "text", "DATE": "dates", "TIME": "times", "BLOB": "bytes", "JSON": "lists or dicts",
    "TIMESTAMP": "times of day and date", "TIMESTAMP WITH TIME ZONE": "times with a zone",
}
_WIDER = {
    frozenset(("BIGINT", "HUGEINT")): "HUGEINT",
    frozenset(("BIGINT", "DOUBLE")): "DOUBLE",
    frozenset(("HUGEINT", "DOUBLE")): "DOUBLE",
    frozenset(("BIGINT", "DECIMAL")): "DECIMAL",
    frozenset(("DATE", "TIMESTAMP")): "TIMESTAMP",
}


def _unify(one, other):
    if one is None or one == other:
        return other
    if one.endswith("[]") and other.endswith("[]"):
        inner = _unify(one[:-2], other[:-2])
        return "JSON" if inner in (None, "JSON") else inner + "[]"
    if "JSON" in (one, other) and (one + other).count("[]"):
        return "JSON"
    return _WIDER.get(frozenset((one, other)))


def _type_name(where, column, given):
    plain = {"int": "BIGINT", "float": "DOUBLE", "str": "VARCHAR", "bool": "BOOLEAN", "date": "DATE",
             "datetime": "TIMESTAMP", "time": "TIME", "bytes": "BLOB", "Decimal": "DECIMAL(38,10)", "dict": "JSON"}
    if isinstance(given, type) and given.__name__ in plain:
        return plain[given.__name__]
    if isinstance(given, str) and given:
        return given.upper()
    raise SluiceError(f'{where}: column "{column}": type {given!r} (expected: a DuckDB type such as "BIGINT", or int)')


def _default(cell):
    if isinstance(cell, _Decimal):
        return format(cell, "f")
    if isinstance(cell, _datetime):
        return cell.isoformat(" ")
    if isinstance(cell, (_date, _time)):
        return cell.isoformat()
    if isinstance(cell, bytes):
        from base64 import b64encode

        return b64encode(cell).decode("ascii")
    if type(cell).__name__ == "UUID":
        return str(cell)
    plain = _plain(cell)
    if plain is not cell:
        return plain
    raise TypeError(type(cell).__name__)
