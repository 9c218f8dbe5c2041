"""Makes small changes everywhere in a file: one operator, number, call, argument or statement at a time.

It relies on Python's grammar and a few names of PyTorch, and on no file of the library.
"""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from mutants import Mutant, source_of

OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Pow: ("**", "*"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.BitAnd: ("&", "|"),
}
NAMES = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "any": "all",
    "std": "var",
    "var": "std",
    "exp": "expm1",
    "expm1": "exp",
    "log_softmax": "softmax",
    "softmax": "log_softmax",
    "logsumexp": "sum",
    "logaddexp": "maximum",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "randn_like": "rand_like",
    "argmax": "argmin",
    "randn": "rand",
}
# Dropping these leaves shape and type as they were; dropping others stops the code, which says little about the tests.
DROPPED = {
    "detach",
    "exp",
    "expm1",
    "log",
    "sqrt",
    "square",
    "softmax",
    "log_softmax",
    "softplus",
    "logsigmoid",
    "cumprod",
    "requires_grad_",
    "reparameterize",
    "straight_through",
    "view_as",
    "round",
    "logsumexp",
    "std",
    "repeat",
    "flatten",
    "double",
    "cpu",
    "eval",
}
MODULES = {"torch", "math"}
# Calls whose arguments may stand in either order, or in only one.
NOT_SWAPPED = {
    "min",
    "max",
    "logaddexp",
    "vecdot",
    "grad",
    "full",
    "gather",
    "range",
    "zip",
    "scaled",
    "noise_from",
    "log_importance_weights",
}
# Leaving out an axis changes the shape, which the signatures catch; `strict` guards against what cannot happen here.
NOT_LEFT_OUT = {"dim", "strict", "device", "dtype"}


@cache
def mutants_of(file: str) -> list[Mutant]:
    """Every change by rule of a file of the library, in the order of its lines."""
    changes = {(start, end, text): meaning for start, end, text, meaning in Changes(source_of(file)).of_module()}
    return [Mutant(file, *change, meaning) for change, meaning in sorted(changes.items())]


class Changes:
    """The changes of one source text, each as (start, end, new text, meaning)."""

    def __init__(self, source: str):
        self.source, self.tree = source, ast.parse(source)
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """The index of the character at a line and a column in bytes, as ast counts them."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.AST) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.source[start:end]

    def of_module(self) -> Iterator[tuple[int, int, str, str]]:
        """All changes."""
        yield from self.below(self.tree)

    def below(self, node: ast.AST) -> Iterator[tuple[int, int, str, str]]:
        """The changes of a node and of its children, except annotations, decorators and messages."""
        yield from self.of(node)
        silent = isinstance(node, ast.Raise | ast.JoinedStr) or getattr(node, "arg", None) == "strict"
        if silent or is_number(node):
            return
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "bases"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.below(child)

    def of(self, node: ast.AST) -> Iterator[tuple[int, int, str, str]]:
        """The changes of a node itself."""
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                yield from self.operator(left, op, right)
            case ast.BoolOp(op=op, values=values):
                for left, right in pairwise(values):
                    yield from self.operator(left, op, right)
            case ast.Compare(left=first, ops=ops, comparators=others):
                for op, (left, right) in zip(ops, pairwise([first, *others]), strict=True):
                    yield from self.operator(left, op, right)
            case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand) if not is_number(node):
                yield self.span(node)[0], self.span(operand)[0], "", "without the sign or the not"
            case ast.Call():
                yield from self.call(node)
            case ast.With(items=items):
                for item in items:
                    yield *self.span(item.context_expr), "__import__('contextlib').nullcontext()", "without the context"
            case ast.Raise() | ast.Expr(value=ast.Call()):
                yield *self.span(node), f"pass  # {' '.join(self.text(node).split())}", "without the statement"
            case _ if is_number(node):
                yield *self.span(node), other_number(node), "another number"

    def operator(self, left: ast.AST, op: ast.AST, right: ast.AST) -> Iterator[tuple[int, int, str, str]]:
        """Another operator between two operands."""
        if type(op) in OPERATORS:
            old, new = OPERATORS[type(op)]
            start, end = self.span(left)[1], self.span(right)[0]
            yield start, end, self.source[start:end].replace(old, new), f"{old} becomes {new}"

    def call(self, node: ast.Call) -> Iterator[tuple[int, int, str, str]]:
        """Another function, no function, arguments in another order, an argument left out."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in NAMES:
            end = self.span(node.func)[1]
            yield end - len(name), end, NAMES[name], f"{name} becomes {NAMES[name]}"
        receiver = getattr(node.func, "value", None)
        is_method = receiver is not None and not (isinstance(receiver, ast.Name) and receiver.id in MODULES)
        if name in DROPPED:
            yield *self.span(node), f"({self.text(receiver if is_method else node.args[0])})", f"without {name}"
        if len(node.args) > 1 and name not in NOT_SWAPPED and getattr(node.args[0], "id", "") != "model":
            first, second = node.args[:2]
            between = self.source[self.span(first)[1] : self.span(second)[0]]
            swapped = self.text(second) + between + self.text(first)
            yield self.span(first)[0], self.span(second)[1], swapped, "arguments swapped"
        arguments = sorted(self.span(each) for each in (*node.args, *node.keywords))
        for keyword in node.keywords:
            if keyword.arg not in {None, *NOT_LEFT_OUT}:
                others = [self.source[slice(*each)] for each in arguments if each != self.span(keyword)]
                yield arguments[0][0], arguments[-1][1], ", ".join(others), f"without {keyword.arg}="


def is_number(node: ast.AST) -> bool:
    """Whether a node is a number or a truth value, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def other_number(node: ast.AST) -> str:
    """One more for an integer, twice for a fraction, the other truth value."""
    value = ast.literal_eval(node)
    if isinstance(value, bool):
        return str(not value)
    return repr(value * 2 or 1.0) if isinstance(value, float) else str(value + 1)
