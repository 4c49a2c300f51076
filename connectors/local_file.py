"""The bytes of a table on disk: bounded, and every way in which there may be none is one sentence."""

from __future__ import annotations

from pathlib import Path

from sync.errors import ConfigError, SourceError

_CHUNK = 1 << 20


def read_bytes(path: Path, limit: int) -> bytes:
    """The whole file. Raises `ConfigError` where there is none, `SourceError` where it is unreadable or too large."""
    chunks: list[bytes] = []
    try:
        with path.open("rb") as file:
            while (chunk := file.read(_CHUNK)) and len(chunks) <= limit // _CHUNK:
                chunks.append(chunk)
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path}; correct path under [source]") from None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a folder, not a file; correct path under [source]") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    content = b"".join(chunks)
    if len(content) > limit:
        raise SourceError(f"{path.name} is larger than {limit // 1_000_000} MB, which no list of leads is")
    return content
