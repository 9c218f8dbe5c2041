"""Old names that still work, each with a DeprecationWarning that says the new one.

It imports no room of the library: the file that has been renamed passes in both names.
"""

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from types import ModuleType


def moved(old: str, new: str) -> None:
    """Make the module `old`, whose file calls this with both names in full, the same module as `new`.

    The same and not a copy, so that a constant set under the old name takes effect.
    """
    # Four frames up: the file at the old path, and whoever imports it; Python leaves out its own frames of an import.
    sys.modules[old] = _renamed(old, new, stacklevel=4)


def submodules(package: str, **names: str) -> Callable[[str], ModuleType]:
    """A `__getattr__` for `package` that finds submodules which were renamed, old=new, by their old names."""

    def renamed_submodule(name: str) -> ModuleType:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return _renamed(f"{package}.{name}", f"{package}.{names[name]}", stacklevel=3)

    return renamed_submodule


def keyword(**names: str) -> Callable[[Callable], Callable]:
    """A decorator for a function whose arguments were renamed, old=new: the old keywords still work.

    The function then raises TypeError for an argument that is given by both names.
    """

    def decorator(function: Callable) -> Callable:
        @functools.wraps(function)
        def renaming(*args, **kwargs):
            for old, new in names.items():
                if old in kwargs:
                    given = kwargs.pop(old)
                    if new in kwargs or new in list(inspect.signature(function).parameters)[: len(args)]:
                        raise TypeError(f"{function.__name__}() got {new!r} and its old name {old!r}; give {new!r}")
                    message = f"the argument {old!r} of {function.__name__}() is now called {new!r}"
                    warnings.warn(message, DeprecationWarning, stacklevel=2)
                    kwargs[new] = given
            return function(*args, **kwargs)

        return renaming

    return decorator


def _renamed(old: str, new: str, *, stacklevel: int) -> ModuleType:
    warnings.warn(f"{old} is now called {new}", DeprecationWarning, stacklevel=stacklevel)
    return import_module(new)
