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

# Public names that the list does not have: of its modules, and of the classes that these define.
extras = []
for name in sorted({name.rpartition(".")[0] for name in result}):
    try:
        owner = importlib.import_module(name)
    except ImportError:
        continue  # a class, which its module tells of
    for key, value in vars(owner).items():
        if key.startswith("_") or getattr(value, "__module__", None) != name:
            continue
        extras.append(f"{name}.{key}")
        if isinstance(value, type):
            extras += [f"{name}.{key}.{member}" for member in vars(value) if not member.startswith("_")]
extras = sorted(set(extras) - set(result))
print(json.dumps({"names": result, "extras": extras}))
