"""A network as JSON, to be kept and passed on; what comes back is checked field by field and never executed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from explorer.networks.architecture import LARGEST_INPUT, MOST_LAYERS, Draft
from explorer.networks.layers import ESSENTIAL, KINDS, Layer, settings

FORMAT = "cnn-explorer-architecture"
VERSION = 1
MOST_BYTES = 1_000_000
LARGEST_NUMBER = 1_000_000
LONGEST_TITLE = 80
LONGEST_SAID = 60  # characters of a value that a sentence repeats


def to_json(draft: Draft) -> str:
    """Write a network, whether it fits or not.

    Examples
    --------
    >>> from explorer.networks.architecture import Conv2d
    >>> print(to_json(Draft((1, 8, 8), (Conv2d(4),), "Mine")))
    {
      "format": "cnn-explorer-architecture",
      "version": 1,
      "title": "Mine",
      "input_shape": [1, 8, 8],
      "layers": [
        {"kind": "conv2d", "out_channels": 4, "kernel_size": 3}
      ]
    }
    """
    layers = [
        json.dumps({"kind": layer.kind, **({"name": layer.name} if layer.name else {}), **settings(layer)})
        for layer in draft.layers
    ]
    listed = ",\n".join(f"    {layer}" for layer in layers)
    return (
        f'{{\n  "format": {json.dumps(FORMAT)},\n  "version": {VERSION},\n  "title": {json.dumps(draft.title)},\n'
        f'  "input_shape": {json.dumps(list(draft.input_shape))},\n  "layers": ['
        + (f"\n{listed}\n  " if layers else "")
        + "]\n}"
    )


def from_json(text: str | bytes) -> Draft:
    """Read a network.

    Parameters
    ----------
    text
        JSON as `to_json` writes it, of at most `MOST_BYTES` bytes; UTF-8 where bytes are given.

    Raises
    ------
    ValueError
        If anything is not as it should be; the sentence begins with the field, as in
        ``layers[3].stride: got 0, needed is at least 1``.
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"file: got {len(text):,} bytes, needed are at most {MOST_BYTES:,}")
    try:
        written = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        read = json.loads(written, parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise ValueError("file: got bytes that are no text in UTF-8, needed is JSON") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"file: line {error.lineno}, column {error.colno} is no JSON ({error.msg})") from None
    except _TwiceError:
        raise
    except RecursionError:
        raise ValueError("file: got lists within lists beyond all measure, needed is a network") from None
    except ValueError:
        raise ValueError("file: got a number that no network has, needed are finite ones of few digits") from None
    return _draft(read)


class _TwiceError(ValueError):
    """A field that an object has twice."""


def _no_number(word: str) -> float:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _TwiceError(f"file: got the field {_said(twice)} twice in one object, needed is once")
    return entries


def _draft(read: object) -> Draft:
    entries = _object("file", read)
    _known("file", entries, {"format", "version", "title", "input_shape", "layers"})
    for name, wanted in (("format", FORMAT), ("version", VERSION)):
        # True is 1 to Python, and a version that is no whole number is none of ours.
        if type(entries.get(name)) is not type(wanted) or entries[name] != wanted:
            raise ValueError(f"{name}: got {_said(entries.get(name))}, needed is {json.dumps(wanted)}")
    title = entries.get("title", "")
    if not isinstance(title, str) or len(title) > LONGEST_TITLE or not title.isprintable():
        raise ValueError(
            f"title: got {_said(title)}, needed is a line of at most {LONGEST_TITLE} printable characters"
        )
    listed = entries.get("layers")
    if not isinstance(listed, list) or len(listed) > MOST_LAYERS:
        given = f"{len(listed)} of them" if isinstance(listed, list) else _said(listed)
        raise ValueError(f"layers: got {given}, needed is a list of at most {MOST_LAYERS} layers")
    layers = tuple(_layer(f"layers[{number}]", entry) for number, entry in enumerate(listed))
    shape = entries.get("input_shape")
    if not isinstance(shape, list) or len(shape) != 3:
        raise ValueError(f"input_shape: got {_said(shape)}, needed is [channels, height, width]")
    for size, axis in zip(shape, ("channels", "height", "width"), strict=True):
        if type(size) is not int or not 1 <= size <= LARGEST_INPUT:
            raise ValueError(
                f"input_shape: got {_said(size)} for the {axis}, needed is a whole number up to {LARGEST_INPUT}"
            )
    return Draft(tuple(shape), layers, title)


def _layer(place: str, read: object) -> Layer:
    entries = _object(place, read)
    kind = entries.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"{place}.kind: got {_said(kind)}, legal are {', '.join(KINDS)}")
    names = {field.name for field in fields(KINDS[kind])}
    _known(place, entries, names | {"kind"})
    if not isinstance(entries.get("name", ""), str):
        raise ValueError(f"{place}.name: got {_said(entries['name'])}, needed is a word")
    missing = sorted((names & ESSENTIAL) - entries.keys())
    if missing:
        raise ValueError(f"{place}.{missing[0]}: got nothing, needed is a value")
    given: dict[str, Any] = {
        name: _value(f"{place}.{name}", value) for name, value in entries.items() if name != "kind"
    }
    try:
        return KINDS[kind](**given)
    except ValueError as error:
        raise ValueError(f"{place}.{error}") from None


def _value(place: str, value: object) -> object:
    """Return a field's value as a layer takes it: a list of two becomes a pair."""
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError(f"{place}: got {_said(value)}, needed is a whole number or [rows, cols]")
        return tuple(_plain(place, one) for one in value)
    return _plain(place, value)


def _plain(place: str, value: object) -> object:
    if value is None or isinstance(value, (list, dict)):
        raise ValueError(f"{place}: got {_said(value)}, needed is a number, a word or [rows, cols]")
    if isinstance(value, str) and len(value) > LONGEST_SAID:
        raise ValueError(f"{place}: got {_said(value)}, needed is a shorter word")
    if isinstance(value, (int, float)) and abs(value) > LARGEST_NUMBER:
        raise ValueError(f"{place}: got {_said(value)}, needed is at most {LARGEST_NUMBER:,}")
    return value


def _object(place: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{place}: got {_said(value)}, needed is an object in braces")
    return value


def _known(place: str, entries: Mapping[str, Any], names: set[str]) -> None:
    unknown = sorted(entries.keys() - names)
    if unknown:
        raise ValueError(f"{place}: got the field {_said(unknown[0])}, legal are {', '.join(sorted(names))}")


def _said(value: object) -> str:
    """Return a value as a sentence repeats it: never at full length, and never what lies deep inside it."""
    if isinstance(value, dict):
        return "an object in braces"
    if isinstance(value, list) and (len(value) > 4 or any(isinstance(one, (list, dict)) for one in value)):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    written = json.dumps(value)
    return written if len(written) <= LONGEST_SAID else f"{written[: LONGEST_SAID - 1]}…"
