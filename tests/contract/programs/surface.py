"""Tell what an installed ftrack_api has under each name of a list: parameters with defaults, and bases of classes."""

import functools
import importlib
import inspect
import json
import pathlib
import sys


def described(found):
    told = {}
    if isinstance(found, type):
        told["bases"] = sorted(f"{base.__module__}.{base.__qualname__}" for base in found.__mro__[1:-1])
    if callable(found):
        try:
            parameters = list(inspect.signature(found).parameters.values())
        except ValueError:
            return told
        if parameters and parameters[0].name in {"self", "cls"}:
            del parameters[0]
        told["parameters"] = [[item.name, item.kind.name, default_of(item)] for item in parameters]
    return told


def default_of(item):
    return None if item.default is item.empty else repr(item.default).partition(" at 0x")[0]


result = {}
module = ""
for line in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    if line.startswith("["):
        module = line[1:-1]
    elif line and not line.startswith("#"):
        path = line.split()[0]
        try:
            found = functools.reduce(getattr, path.split("."), importlib.import_module(module))
        except (AttributeError, ImportError):
            result[f"{module}.{path}"] = None
        else:
            result[f"{module}.{path}"] = described(found)

# Public names of the modules of the list that the list does not have.
extras = {}
for name in sorted({name.rpartition(".")[0] for name in result}):
    try:
        owner = importlib.import_module(name)
    except ImportError:
        continue
    known = {other.split(".")[-1] for other in result if other.startswith(name + ".")}
    extras[name] = sorted(
        other
        for other, value in vars(owner).items()
        if not other.startswith("_") and other not in known and getattr(value, "__module__", None) == name
    )
print(json.dumps({"names": result, "extras": extras}))
