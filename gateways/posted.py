"""JSON that somebody posts to us, as a database can keep it."""

import json
from typing import Any


def read_object(body: bytes) -> dict[str, Any]:
    """Without characters that no database can keep; ValueError where it is no JSON object."""
    try:
        read = json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("This is nested too deep.") from None
    if not isinstance(read, dict):
        raise ValueError("This is no JSON object.")
    cleaned: dict[str, Any] = _cleaned(read)
    json.dumps(cleaned, allow_nan=False)
    return cleaned


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON.")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value
