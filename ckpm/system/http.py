"""HTTP: files fetched whole or resumed, verified while they stream; small documents."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ckpm.errors import DownloadError, IntegrityError
from ckpm.model.recipe import Digest
from ckpm.system.files import publish_file, storage_errors

if TYPE_CHECKING:
    import requests

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60
DEADLINE_S = 6 * 3600
CHUNK_BYTES = 1 << 20

Progress = Callable[[int], None]


class UnreachableError(DownloadError):
    """Nobody answered: the host is not there from here."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the bytes must be; ``None`` and nothing where nobody published it."""

    size: int | None = None
    digests: tuple[Digest, ...] = ()


def fetch_file(
    urls: Sequence[str], destination: Path, expected: Expectation, progress: Progress
) -> str:
    """Fetch a file from the first mirror that has it; return its sha256.

    What an interrupted run left beside ``destination`` is continued where the server allows that.

    Raises:
        UnreachableError: when no mirror could be reached.
        IntegrityError: when the bytes are not the expected ones.
        DownloadError: when the mirrors answered, but not with the file.
    """
    tried: list[str] = []
    reached = False
    for url in urls:
        try:
            return _fetch(url, destination, expected, progress)
        except UnreachableError as error:
            tried.append(error.message)
        except DownloadError as error:
            reached = True
            tried.append(error.message)
    kind = DownloadError if reached else UnreachableError
    raise kind(f"cannot fetch `{destination.name}`", tried=tried)


def _fetch(url: str, destination: Path, expected: Expectation, progress: Progress) -> str:
    partial = destination.with_name(f"{destination.name}.part")
    with storage_errors(partial.parent):
        partial.parent.mkdir(parents=True, exist_ok=True)
        done = partial.stat().st_size if partial.exists() else 0
    if expected.size is not None and done > expected.size:
        partial.unlink()
        done = 0
    if done != expected.size:
        _stream(url, partial, done, expected, progress)
    digests = _hash(partial, {"sha256", *(digest.algorithm for digest in expected.digests)})
    _verify(partial, expected, digests, url)
    publish_file(partial, destination)
    return digests["sha256"]


def _stream(url: str, partial: Path, done: int, expected: Expectation, progress: Progress) -> None:
    headers = {"Range": f"bytes={done}-"} if done else {}
    with _request(url, headers) as response:
        resumed = response.status_code == 206
        progress(done if resumed else 0)
        mode = "ab" if resumed else "wb"
        received = done if resumed else 0
        with storage_errors(partial.parent), partial.open(mode) as file:
            for chunk in _chunks(response, url):
                received += len(chunk)
                if expected.size is not None and received > expected.size:
                    raise IntegrityError(
                        f"`{url}` sends more than the {expected.size} bytes promised"
                    )
                file.write(chunk)
                progress(len(chunk))


def _chunks(response: requests.Response, url: str) -> Iterator[bytes]:
    import requests

    deadline = time.monotonic() + DEADLINE_S
    try:
        for chunk in response.iter_content(CHUNK_BYTES):
            if time.monotonic() > deadline:
                raise DownloadError(f"`{url}` took longer than {DEADLINE_S // 3600} hours")
            yield chunk
    except requests.RequestException as error:
        raise DownloadError(f"`{url}` broke off: {_reason(error)}") from error


def _request(url: str, headers: dict[str, str]) -> requests.Response:
    import requests

    # Without this, a server may compress what is already compressed, and sizes no longer tell.
    headers = {"Accept-Encoding": "identity", **headers}
    try:
        response = requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        )
    except requests.ConnectionError as error:
        raise UnreachableError(
            f"cannot reach {urlsplit(url).hostname}: {_reason(error)}"
        ) from error
    except requests.RequestException as error:
        raise DownloadError(f"cannot ask `{url}`: {_reason(error)}") from error
    if response.status_code == 416 and headers.get("Range"):
        response.close()
        raise DownloadError(f"`{url}` does not continue a download at that point")
    if response.status_code >= 400:
        response.close()
        raise DownloadError(f"`{url}` answers {response.status_code} {response.reason}")
    return response


def _hash(path: Path, algorithms: set[str]) -> dict[str, str]:
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in sorted(algorithms)}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            for hasher in hashers.values():
                hasher.update(chunk)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}


def _verify(partial: Path, expected: Expectation, digests: dict[str, str], url: str) -> None:
    size = partial.stat().st_size
    if expected.size is not None and size != expected.size:
        if size > expected.size:
            partial.unlink()
        raise DownloadError(f"`{url}` ended after {size} of {expected.size} bytes")
    for digest in expected.digests:
        if digests[digest.algorithm] != digest.value:
            # Kept, it would only be continued and fail again.
            partial.unlink()
            raise IntegrityError(
                f"`{url}` is not the file that was promised\n"
                f"  expected {digest.algorithm} {digest.value}\n"
                f"  received {digest.algorithm} {digests[digest.algorithm]}",
                hints=["try again; if it stays so, the file changed: tell the recipe's author"],
            )


def verify_file(path: Path, expected: Expectation) -> str:
    """Check a local file; return its sha256.

    Raises:
        IntegrityError: when it is not what was expected.
    """
    digests = _hash(path, {"sha256", *(digest.algorithm for digest in expected.digests)})
    if expected.size is not None and path.stat().st_size != expected.size:
        raise IntegrityError(f"`{path.name}` has {path.stat().st_size} of {expected.size} bytes")
    for digest in expected.digests:
        if digests[digest.algorithm] != digest.value:
            raise IntegrityError(
                f"`{path.name}` is not the file that was promised: its {digest.algorithm} differs"
            )
    return digests["sha256"]


def read_text(url: str) -> str:
    """Return a small document.

    Raises:
        UnreachableError, DownloadError: as for files.
    """
    with _request(url, {}) as response:
        return b"".join(_chunks(response, url)).decode("utf-8", errors="replace")


def is_reachable(url: str, timeout_s: float = 4) -> bool:
    """Whether anybody answers at the host of an address, whatever the answer."""
    import requests

    try:
        requests.head(url, timeout=timeout_s, allow_redirects=False).close()
    except requests.RequestException:
        return False
    return True


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if "name or service not known" in text or "resolution" in text or "getaddrinfo" in text:
        return "no such host from here"
    if "refused" in text:
        return "connection refused"
    if "timed out" in text or "timeout" in text:
        return "no answer in time"
    if "certificate" in text:
        return "its certificate is not trusted"
    return type(error).__name__
