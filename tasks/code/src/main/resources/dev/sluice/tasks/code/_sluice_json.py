"""JSON for the sluice module, and what a value output may be.

The C code under Python's json module does the work. That module itself compiles regular expressions
when it is imported, which takes as long as starting Python; so it is the second choice here.
"""

from __future__ import annotations

INT64 = 1 << 63
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Context:
    """What json.JSONDecoder tells the scanner."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, _CONSTANTS.__getitem__
    memo = {}


def _quick():
    from _json import encode_basestring, make_encoder, make_scanner

    scan = make_scanner(_Context)

    def encoder(default):
        encode = make_encoder(None, default, encode_basestring, None, ":", ",", False, False, False)
        return lambda data: "".join(encode(data, 0))

    def decode(text):
        return scan(text, 0)[0]

    sample = {"a": [1, 2.5, None, True, "é\n"]}
    if decode(encoder(None)(sample)) != sample:
        raise ImportError
    return decode, encoder


def _usual():
    import json

    def encoder(default):
        return json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default).encode

    return json.loads, encoder


try:
    decode, encoder = _quick()
except Exception:  # another Python, or one whose inner parts have changed
    decode, encoder = _usual()


def value_text(where, data, error):
    """A value output as JSON; raises error(message) for what JSON cannot hold."""

    def check(data, depth):
        data = plain(data)
        if depth > 90:
            raise error(f"{where}: nested more than 90 deep")
        if isinstance(data, float) and (data != data or data - data != 0):
            raise error(f"{where}: {data} (expected: a finite number; JSON has no {data})")
        if isinstance(data, int) and not -INT64 <= data < INT64:
            raise error(f"{where}: {short(data)} is beyond 64 bits; hand it over as text: str(...)")
        if isinstance(data, dict):
            for key, inner in data.items():
                if not isinstance(key, str):
                    raise error(f"{where}: the key {key!r} (expected: a text)")
                check(inner, depth + 1)
        elif isinstance(data, (list, tuple)):
            for inner in data:
                check(inner, depth + 1)
        elif not (data is None or isinstance(data, (bool, int, float, str)) or hasattr(data, "isoformat")):
            raise error(
                f"{where}: {short(data)}, a {type(data).__name__} "
                "(expected: None, bool, int, float, str, list or dict)"
            )

    check(data, 0)
    return encoder(lambda cell: cell.isoformat() if hasattr(cell, "isoformat") else plain(cell))(data)


def plain(cell):
    """numpy's scalars as Python's."""
    return cell.item() if hasattr(cell, "item") and hasattr(cell, "dtype") and not hasattr(cell, "__len__") else cell


def short(cell):
    try:
        text = repr(cell)
    except Exception:
        text = "?"
    return text if len(text) <= 60 else text[:57] + "..."
