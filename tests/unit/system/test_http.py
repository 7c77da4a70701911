"""Downloads from a server that breaks off, lies, forgets, and changes its mind."""

from __future__ import annotations

import gzip
import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckpm.errors import DownloadError, IntegrityError
from ckpm.model.recipe import Digest
from ckpm.system.http import (
    Expectation,
    UnreachableError,
    fetch_file,
    is_reachable,
    read_text,
    verify_file,
)

CONTENT = bytes(range(256)) * 2000
ALGORITHMS = ("sha512", "sha384", "sha256", "sha1", "md5")
Fetch = Callable[..., str]


def promised(content: bytes, *algorithms: str) -> Expectation:
    digests = (Digest(a, hashlib.new(a, content).hexdigest()) for a in algorithms or ("sha256",))
    return Expectation(len(content), tuple(digests))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "store" / "file.bin"


@pytest.fixture
def fetch(place: Path) -> Fetch:
    """Fetch to the same place again and again, as one run of ckpm after another would."""

    def run(*urls: str, expected: Expectation | None = None) -> str:
        expected = promised(CONTENT) if expected is None else expected
        return fetch_file(urls, place, expected, lambda _: None)

    return run


def left_behind(place: Path) -> list[str]:
    return sorted(path.name for path in place.parent.iterdir() if path != place)


def test_fetches_a_file_and_tells_its_progress(loopback: Any, place: Path) -> None:
    seen: list[int] = []
    url = loopback.serve("file.bin", CONTENT)
    sha256 = fetch_file([url], place, promised(CONTENT), seen.append)
    assert (place.read_bytes(), sha256) == (CONTENT, hashlib.sha256(CONTENT).hexdigest())
    assert sum(seen) == len(CONTENT)
    assert left_behind(place) == []


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified", "nothing"])
def test_continues_where_an_earlier_run_was_interrupted(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path, validator: str
) -> None:
    headers = {"ETag": '"one"'} if validator == "ETag" else {}
    headers = {"Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT"} if validator[0] == "L" else headers
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", *[behaviour(cut=n, headers=headers) for n in (100_000, 0, 0)])
    loopback.misbehave("file.bin", always=behaviour(headers=headers))
    with pytest.raises(DownloadError, match="broke off"):
        fetch(url)
    assert not place.exists()
    fetch(url)
    assert place.read_bytes() == CONTENT
    assert loopback.sent("file.bin") <= len(CONTENT) + (1 << 16)
    last = loopback.answers[-1]
    assert (last.status, last.condition) == (206, next(iter(headers.values()), None))
    assert left_behind(place) == []


def test_takes_up_a_connection_that_breaks_off_in_the_same_run(
    loopback: Any, behaviour: Any, place: Path
) -> None:
    seen: list[int] = []
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", behaviour(cut=200_000), behaviour(cut=200_000))
    fetch_file([url], place, promised(CONTENT), seen.append)
    assert place.read_bytes() == CONTENT
    assert [answer.status for answer in loopback.answers] == [200, 206, 206]
    assert sum(seen) == len(CONTENT)


def test_begins_again_when_the_server_says_that_the_file_changed(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    newer = CONTENT[::-1]
    url = loopback.serve("file.bin", CONTENT)
    old, new = behaviour(cut=100_000, headers={"ETag": '"old"'}), {"ETag": '"new"'}
    loopback.misbehave("file.bin", old, always=behaviour(headers=new))
    loopback.serve("file.bin", newer)
    fetch(url, expected=promised(newer))
    assert place.read_bytes() == newer
    assert [answer.status for answer in loopback.answers] == [200, 200]


def test_a_file_that_changed_unnoticed_is_an_error_once(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    newer = CONTENT[::-1]
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", behaviour(cut=100_000), *[behaviour(status=503)] * 3)
    with pytest.raises(DownloadError):
        fetch(url, expected=promised(newer))
    loopback.queued.clear()
    loopback.serve("file.bin", newer)
    with pytest.raises(IntegrityError, match="not the file that was promised"):
        fetch(url, expected=promised(newer))
    assert left_behind(place) == []
    fetch(url, expected=promised(newer))
    assert place.read_bytes() == newer


def test_what_nothing_vouches_for_is_not_continued(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    """Without a validator and a digest, the halves of two files would go unnoticed."""
    url = loopback.serve("file.bin", CONTENT)
    weak = behaviour(cut=100_000, headers={"ETag": 'W/"weak"'})
    loopback.misbehave("file.bin", weak)
    fetch(url, expected=Expectation())
    assert place.read_bytes() == CONTENT
    assert [answer.asked for answer in loopback.answers] == [None, None]


@pytest.mark.parametrize("fault", [{"ranges": False}, {"wrong_offset": 7}])
def test_begins_again_where_a_server_cannot_continue(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path, fault: dict[str, Any]
) -> None:
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", behaviour(cut=100_000), behaviour(**fault))
    fetch(url)
    assert place.read_bytes() == CONTENT
    # Answers are noted as they end, and one that nobody reads on may end last.
    assert sum(answer.asked is not None for answer in loopback.answers) == 1


def test_a_whole_file_of_unknown_size_left_behind_is_not_stuck(
    loopback: Any, fetch: Fetch, place: Path
) -> None:
    """Killed just before its rename: nothing follows its end, and the server answers 416."""
    url = loopback.serve("file.bin", CONTENT)
    place.parent.mkdir()
    place.with_name("file.bin.part").write_bytes(CONTENT)
    fetch(url, expected=Expectation(None, promised(CONTENT).digests))
    assert place.read_bytes() == CONTENT
    assert [answer.status for answer in loopback.answers] == [416, 200]


def test_a_whole_file_left_behind_is_not_fetched_again(
    loopback: Any, fetch: Fetch, place: Path
) -> None:
    place.parent.mkdir()
    place.with_name("file.bin.part").write_bytes(CONTENT)
    fetch(loopback.serve("file.bin", CONTENT))
    assert place.read_bytes() == CONTENT
    assert loopback.answers == []


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_wrong_digest_is_told_with_both_values(
    loopback: Any, fetch: Fetch, place: Path, algorithm: str
) -> None:
    url = loopback.serve("file.bin", CONTENT)
    wrong = Expectation(len(CONTENT), promised(CONTENT[::-1], algorithm).digests)
    with pytest.raises(IntegrityError) as caught:
        fetch(url, expected=wrong)
    assert f"expected {algorithm} {wrong.digests[0].value}" in caught.value.message
    assert hashlib.new(algorithm, CONTENT).hexdigest() in caught.value.message
    assert (place.exists(), left_behind(place)) == (False, [])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_right_digest_is_enough(loopback: Any, fetch: Fetch, place: Path, algorithm: str) -> None:
    """The weak ones too: that they count only together with the size is decided before."""
    fetch(loopback.serve("file.bin", CONTENT), expected=promised(CONTENT, algorithm))
    assert place.read_bytes() == CONTENT


def test_every_stated_digest_counts(loopback: Any, fetch: Fetch) -> None:
    right, wrong = promised(CONTENT, "sha512"), promised(b"", "md5")
    both = Expectation(len(CONTENT), (*right.digests, *wrong.digests))
    with pytest.raises(IntegrityError, match="expected md5"):
        fetch(loopback.serve("file.bin", CONTENT), expected=both)


def test_a_file_that_is_too_short(loopback: Any, fetch: Fetch, place: Path) -> None:
    url = loopback.serve("file.bin", CONTENT[:-1])
    for _ in range(2):
        with pytest.raises(DownloadError, match="ended after 511999 of 512000 bytes"):
            fetch(url)
    loopback.serve("file.bin", CONTENT)
    fetch(url)
    assert place.read_bytes() == CONTENT


def test_a_file_that_does_not_end_is_left_early(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", behaviour(more=bytes(50_000_000)))
    with pytest.raises(IntegrityError, match="sends more than the 512000 bytes promised"):
        fetch(url)
    assert left_behind(place) == []
    fetch(url)
    assert loopback.answers[0].sent < 20_000_000


@pytest.mark.parametrize("length", [10, 10_000_000])
def test_a_wrong_length_of_the_answer_is_noticed(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path, length: int
) -> None:
    url = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("file.bin", behaviour(length=length))
    fetch(url)
    assert place.read_bytes() == CONTENT


def test_mirrors_are_asked_in_order_until_one_has_the_file(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path, closed_port: str
) -> None:
    loopback.serve("evil", b"evil" * 128_000)
    loopback.misbehave("broken", always=behaviour(status=500))
    names = ["missing", "broken", "evil", "good", "never"]
    loopback.serve("good", CONTENT)
    fetch(closed_port, *map(loopback.url, names))
    assert place.read_bytes() == CONTENT
    assert [answer.path for answer in loopback.answers] == ["/missing", "/broken", "/evil", "/good"]


def test_a_mirror_goes_on_where_another_broke_off(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    one, two = loopback.serve("one", CONTENT), loopback.serve("two", CONTENT)
    loopback.misbehave("one", behaviour(cut=200_000), always=behaviour(status=503))
    fetch(one, two)
    assert place.read_bytes() == CONTENT
    last = loopback.answers[-1]
    assert (last.path, last.status, last.condition) == ("/two", 206, None)


def test_every_mirror_is_named_when_none_has_the_file(
    loopback: Any, behaviour: Any, fetch: Fetch, closed_port: str
) -> None:
    loopback.misbehave("broken", always=behaviour(status=500))
    with pytest.raises(DownloadError) as caught:
        fetch(closed_port, loopback.url("missing"), loopback.url("broken"))
    assert not isinstance(caught.value, UnreachableError)
    for part in ("connection refused", "404 Not Found", "500 Internal Server Error"):
        assert part in caught.value.message


def test_wrong_bytes_weigh_more_than_silence(loopback: Any, fetch: Fetch, closed_port: str) -> None:
    with pytest.raises(IntegrityError, match="connection refused"):
        fetch(loopback.serve("evil", CONTENT[::-1]), closed_port)


def test_unreachable_hosts(fetch: Fetch, closed_port: str) -> None:
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:\d+: connection refused"):
        fetch(closed_port)
    with pytest.raises(UnreachableError, match=r"cannot reach nowhere\.invalid"):
        fetch("http://nowhere.invalid/file")
    assert not is_reachable(closed_port)


def test_follows_a_redirect(loopback: Any, behaviour: Any, fetch: Fetch, place: Path) -> None:
    target = loopback.serve("file.bin", CONTENT)
    loopback.misbehave("old", behaviour(status=302, redirect=target))
    fetch(loopback.url("old"))
    assert place.read_bytes() == CONTENT


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "old"])
def test_refuses_redirects_to_elsewhere_and_in_circles(
    loopback: Any, behaviour: Any, fetch: Fetch, target: str
) -> None:
    loopback.misbehave("old", always=behaviour(status=302, redirect=target))
    with pytest.raises(DownloadError, match="cannot ask"):
        fetch(loopback.url("old"), expected=Expectation())


def test_what_a_server_calls_encoded_is_taken_as_it_is(
    loopback: Any, behaviour: Any, fetch: Fetch, place: Path
) -> None:
    """Many servers say so of every .tar.gz; the published digest is that of the .tar.gz."""
    packed = gzip.compress(CONTENT)
    url = loopback.serve("file.tar.gz", packed)
    loopback.misbehave("file.tar.gz", behaviour(headers={"Content-Encoding": "gzip"}))
    fetch(url, expected=promised(packed))
    assert place.read_bytes() == packed


def test_reads_small_documents(loopback: Any) -> None:
    assert read_text(loopback.serve("file.sha1", b"abc\n")) == "abc\n"
    with pytest.raises(DownloadError, match="404"):
        read_text(loopback.url("missing.sha1"))


def test_verifies_local_files(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    assert verify_file(file, promised(CONTENT)) == hashlib.sha256(CONTENT).hexdigest()
    with pytest.raises(IntegrityError, match="has 512000 of 3 bytes"):
        verify_file(file, promised(b"abc"))
    with pytest.raises(IntegrityError, match="its sha256 differs"):
        verify_file(file, promised(CONTENT[::-1]))


@pytest.fixture
def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/file"
