"""Read JSON text strictly: every reason why it is not JSON is named, and a key given twice is refused."""

from __future__ import annotations

import json
from typing import Any

from triage.reading.referral import FieldFault, RefusedReferral


class _Repeated(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = set[str]()
        for key, _ in pairs:
            if key in keys:
                raise _Repeated(key)
            keys.add(key)
    return mapping


def _number(text: str) -> int | float:
    """A JSON number with a point or an exponent. As in JSON Schema, 19.0 is the whole number 19."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def parse_json(text: str | bytes) -> Any:
    """Read JSON text (bytes are UTF-8).

    Raises RefusedReferral, marked as malformed, with the line and column where they are known. A key that an object has
    twice is refused, since it can't be known which of the two values was meant.
    """
    try:
        whole = text.decode("utf-8") if isinstance(text, bytes) else text
        if not whole.strip():
            fault = FieldFault("", "empty", "There is nothing here: a referral is a JSON object.")
            raise RefusedReferral([fault], malformed=True)
        data = json.loads(whole, object_pairs_hook=_unrepeated, parse_float=_number, parse_constant=_no_constant)
        if "\\u" in whole:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        return data
    except _Repeated as error:
        message = f"The key `{error.key}` stands twice in one object. Keep one."
        fault = FieldFault("", "repeated-key", message, given=error.key)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        fault = FieldFault("", "not-json", message)
    except UnicodeEncodeError:
        fault = FieldFault("", "not-json", "The text has half of a surrogate pair, which is no character.")
    except UnicodeDecodeError as error:
        fault = FieldFault("", "not-json", f"This is not UTF-8 text: byte {error.start} can't be read.")
    except (ValueError, RecursionError) as error:
        fault = FieldFault("", "not-json", f"This is not JSON: {error}.")
    raise RefusedReferral([fault], malformed=True)
