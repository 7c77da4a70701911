"""What must not leave a machine does not, and what a report needs stays."""

from __future__ import annotations

import pytest

from ckpm.system.masking import Mask

MASK = Mask({"HOME": "/home/ada", "USER": "ada"}, "babbage")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/home/ada/.pyenv/versions/3.12.1", "/home/user/.pyenv/versions/3.12.1"),
        ("/home/adam/bin:/home/ada", "/home/adam/bin:/home/user"),
        ("/home/ada.old/bin", "/home/masked.old/bin"),
        ("built by ada on babbage", "built by masked on masked"),
        ("/data/ada/coco", "/data/masked/coco"),
        ("ada-lib 1.0, adapter 2.0", "ada-lib 1.0, adapter 2.0"),
        ("https://ada:pw@pypi.example.org/simple", "https://masked@pypi.example.org/simple"),
        ("token = abc123", "token = masked"),
        ('{"api_key": "abc123"}', '{"api_key": "masked"}'),
        ("PASSWORD=hunter2 next", "PASSWORD=masked next"),
        ("cmake version 3.25.1", "cmake version 3.25.1"),
        ("author: ada@example.com", "author: someone@example.org"),
        ("git@2.39.5", "git@2.39.5"),
    ],
)
def test_private_things_are_masked(text: str, masked: str) -> None:
    assert MASK.text(text) == masked


@pytest.mark.parametrize("name", ["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "PASSWORD", "GIT_API_KEY"])
def test_secret_variables_are_masked_whole(name: str) -> None:
    assert MASK.variable(name, "anything at all") == "masked"


def test_keys_and_lists_are_masked_too() -> None:
    document = {"/home/ada/bin": ["/home/ada/bin/x", 7, None]}
    assert MASK.everything(document) == {"/home/user/bin": ["/home/user/bin/x", 7, None]}


@pytest.mark.parametrize("home", ["", "/", "/root", "/nonexistent"])
def test_a_home_that_says_nothing_of_a_person_is_left(home: str) -> None:
    mask = Mask({"HOME": home}, "root")
    assert mask.text("/usr/bin/x /root/bin") == "/usr/bin/x /root/bin"
