"""A matrix as text: JSON, NumPy, MATLAB or a table, read without ever being run, and written."""

from __future__ import annotations

import json
import re
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Form = Literal["json", "numpy", "matlab", "csv"]

# What is at least this becomes infinite in float32.
_TOO_LARGE = float(np.finfo(np.float32).max) * (1 + 2**-25)
# Many times what the largest matrix needs; what is longer is no matrix.
_LONGEST = 20_000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMPY_CALL = re.compile(r"^(?:(?:np|numpy|torch)\.)?(?:array|asarray|matrix|tensor)\((.*)\)$", re.DOTALL)
_DTYPE = re.compile(r",\s*(?:dtype\s*=\s*)?(?:(?:np|numpy|torch)\.)?(?:float|int|uint)\d*\s*$")


class KernelTextError(ValueError):
    """A text that is no matrix; the message says which line, what stands there and what is needed."""


def parse(text: str, *, max_size: int | tuple[int, int] = 15) -> Float:
    r"""Read a matrix.

    Parameters
    ----------
    text
        ``[[1, 2], [3, 4]]`` (JSON, NumPy), ``[[1 2]\n [3 4]]`` (NumPy printed), ``[1 2; 3 4]`` (MATLAB), or lines
        with commas, semicolons, tabs or spaces between the numbers. Fractions (``1/9``), a real minus and
        exponents are read.
    max_size
        The most rows and columns, one number for both or (rows, cols).

    Returns
    -------
    ndarray of float32, (rows, cols)

    Raises
    ------
    KernelTextError
        If the text is empty, a number cannot be read or is not finite, the rows differ in length, or there are
        too many.

    Examples
    --------
    >>> parse("[0 1; 1/2 -4]")
    array([[ 0. ,  1. ],
           [ 0.5, -4. ]], dtype=float32)
    """
    most = (max_size, max_size) if isinstance(max_size, int) else max_size
    if len(text) > _LONGEST:
        raise KernelTextError(f"The text has {len(text)} characters; {_LONGEST} is the most here.")
    numbered = [(at, _numbers(line, at)) for at, line in enumerate(_lines(text), 1) if line.strip()]
    if not numbered:
        raise KernelTextError("The text holds no numbers; needed are rows of numbers, such as 0 1 0.")
    rows = [row for _, row in numbered]
    for at, row in numbered:
        if len(row) != len(rows[0]):
            raise KernelTextError(
                f"Line {at} has {len(row)} numbers and line {numbered[0][0]} has {len(rows[0])}; "
                "needed are as many in each."
            )
    if len(rows) > most[0] or len(rows[0]) > most[1]:
        raise KernelTextError(
            f"The matrix has {len(rows)} × {len(rows[0])} numbers; {most[0]} × {most[1]} is the most here."
        )
    return np.array(rows, np.float32)


def _lines(text: str) -> list[str]:
    """Bring every form to one line a row."""
    plain = text.replace("\u2212", "-").replace("\u2013", "-").strip()
    plain = re.sub(r"^\s*\w+\s*=\s*", "", plain).rstrip(";").strip()
    if call := _NUMPY_CALL.match(plain):
        plain = _DTYPE.sub("", call.group(1).strip().rstrip(",")).strip()
    _check_brackets(plain)
    if plain.startswith("["):
        inner = plain[1:-1].strip()
        if "[" in inner:
            # One space for every run: a search that may begin anywhere in a long run takes its length squared.
            rows = re.split(r"\] ?,? ?(?=\[)", " ".join(plain.split()))
            return [row.strip(" ,[]") for row in rows]
        return re.split(r"[;\n]", inner)
    # A table: with several lines a ";" separates numbers, in one line it separates rows.
    lines = plain.splitlines()
    return lines if len(lines) > 1 else plain.split(";")


def _check_brackets(text: str) -> None:
    opened, closed = text.count("["), text.count("]")
    if opened != closed:
        raise KernelTextError(
            f"There are {opened} opening and {closed} closing brackets; needed are as many of each."
        )
    depth = 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if depth < 0:
            raise KernelTextError("A bracket closes before it opens; needed are rows such as [0, 1, 0].")
        if depth > 2:
            raise KernelTextError("There are three brackets inside each other; needed are two, [[0, 1], [1, 0]].")


def _numbers(line: str, at: int) -> list[float]:
    spaced = " ".join(line.split()).replace(" /", "/").replace("/ ", "/")
    parts = re.split(r" ?[,;] ?| ", spaced)
    if parts[-1] == "":  # a comma at the end of a line
        parts.pop()
    if "" in parts:
        raise KernelTextError(f"Line {at}: a number is missing at a comma; needed is one between each two.")
    return [_number(part, at) for part in parts]


def _number(part: str, at: int) -> float:
    over, _, under = part.partition("/")
    numbers = [over, under] if "/" in part else [over]
    if not all(_NUMBER.fullmatch(n) for n in numbers):
        raise KernelTextError(
            f"Line {at}: {part[:20]!r} is not a number; needed are numbers such as −1, 0.5 or 1/9."
        )
    value = float(numbers[0])
    if "/" in part:
        if float(under) == 0:
            raise KernelTextError(f"Line {at}: {part[:20]!r} divides by zero; needed is another number below.")
        value /= float(under)
    if not abs(value) < _TOO_LARGE:  # also where one infinite number is divided by another
        raise KernelTextError(f"Line {at}: {part[:20]!r} is too large; needed is less than 3.4e38.")
    return value


def _short(weight: np.float32) -> str:
    """Write a weight as short as it reads back to the same float32."""
    return str(weight).removesuffix(".0")


def format(weights: Float, form: Form = "json") -> str:
    """Write a matrix so that `parse` reads back the same float32 numbers.

    Parameters
    ----------
    weights
        (rows, cols) float32.
    form
        "json", "numpy", "matlab" or "csv".

    Raises
    ------
    ValueError
        If the form is none of these.

    Examples
    --------
    >>> format(np.array([[0, 1.5], [-4, 1]], np.float32), "matlab")
    '[0 1.5; -4 1]'
    """
    rows = [[_short(weight) for weight in row] for row in np.asarray(weights, np.float32)]
    if form == "matlab":
        return "[" + "; ".join(" ".join(row) for row in rows) + "]"
    if form == "csv":
        return "\n".join(",".join(row) for row in rows)
    if form == "json":
        return json.dumps([[json.loads(number) for number in row] for row in rows])
    if form == "numpy":
        return "np.array([" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "], dtype=np.float32)"
    raise ValueError(f"form: got {form!r}, legal are {', '.join(get_args(Form))}")
