"""Runs a task's script as __main__ and tells Sluice, in one line, why it failed.

Python is started without `site` (-S): scripts that need the standard library alone start in a
quarter of the time. The first import that the standard library cannot answer brings `site` in, so
installed packages are found all the same.
"""

import sys


class _SiteOnDemand:
    """The last finder: reads the site-packages folders and .pth files, then asks the others again."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is not None or not _enable_site():
            return None
        from importlib.util import find_spec

        return find_spec(name)


def _enable_site():
    if _SiteOnDemand not in sys.meta_path:
        return False
    sys.meta_path.remove(_SiteOnDemand)
    import site

    site.main()
    return True


def _leave(code=None):
    """What `site` calls exit and quit."""
    raise SystemExit(code)


def _prepare(source):
    import builtins

    sys.meta_path.append(_SiteOnDemand)
    builtins.exit = builtins.quit = _leave
    # These look at sys.path themselves instead of importing.
    if any(word in source for word in (b"metadata", b"sys.path", b"pkgutil", b"pkg_resources", b"help(")):
        _enable_site()
    sys.stdout.reconfigure(line_buffering=True)


def _report(error, shown, source):
    """Prints the traceback from the script's own frames on, and sends the line that sums it up."""
    import linecache
    import traceback

    text = source.decode("utf-8", "replace")
    linecache.cache[shown] = (len(text), None, text.splitlines(True), shown)
    trace = error.__traceback__.tb_next  # without this file's frame
    frames = traceback.extract_tb(trace)
    line = next((f.lineno for f in reversed(frames) if f.filename == shown), None)
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        summary = f"{kind}: {error.msg}"
        line = error.lineno if error.filename == shown else line
    else:
        try:
            message = str(error)
        except Exception:
            message = "(its message cannot be read)"
        if kind == "SluiceError":
            summary = message
            while trace is not None and trace.tb_frame.f_code.co_filename == shown:
                last, trace = trace, trace.tb_next
            last.tb_next = None  # the helper's frames teach nobody anything
        else:
            summary = f"{kind}: {message}" if message else kind
    if line is not None:
        summary += f" ({shown}:{line})"
    if any(f.filename.endswith("multiprocessing/synchronize.py") for f in frames):
        summary += "; multiprocessing needs /dev/shm, which this sandbox does not give: use threads or subprocess"
    sys.stdout.flush()
    traceback.print_exception(type(error), error, error.__traceback__.tb_next)
    sys.stderr.flush()
    import sluice

    sluice._send({"error": summary[:4000]})


def _main():
    script, shown = sys.argv[1:3]
    sys.argv = [shown] + sys.argv[3:]
    with open(script, "rb") as file:
        source = file.read()
    _prepare(source)
    module = type(sys)("__main__")
    module.__file__ = script
    sys.modules["__main__"] = module
    try:
        exec(compile(source, shown, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        _report(error, shown, source)
        sys.exit(1)


_keep = sys.modules["__main__"]
_main()
