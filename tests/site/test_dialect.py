"""GitHub's Markdown, written for Python-Markdown: each case is a difference that a page of the project has met."""

from __future__ import annotations

import pytest

from tools.site.dialect import for_python_markdown


@pytest.mark.parametrize(
    ("github", "here"),
    [
        ("text\n* a\n* b\n", "text\n\n* a\n* b\n"),
        ("text\n2. is no list\n", "text\n2. is no list\n"),
        ("text\n1. a\n", "text\n\n1. a\n"),
        ("* a\n  * b\n    * c\n* d\n", "* a\n    * b\n        * c\n* d\n"),
        ("1. a\n   * b\n", "1. a\n    * b\n"),
        ("* a\n  goes on\nand on\n", "* a\n    goes on\n    and on\n"),
        ("* a\n\n  more\n* b\n", "* a\n\n    more\n\n* b\n"),
        (
            "1. a\n\n   ```sh\n   $ x\n     y\n   ```\n\n2. b\n",
            "1. a\n\n    ```sh\n    $ x\n      y\n    ```\n\n2. b\n",
        ),
        ("text\n| a | b |\n|---|---|\n", "text\n\n| a | b |\n|---|---|\n"),
        ("| `a\\|b` | c \\| d |\n", "| `a|b` | c \\| d |\n"),
        ("```text\n* a\n  * b\n```\n", "```text\n* a\n  * b\n```\n"),
        ("* a\n\ntext\n", "* a\n\ntext\n"),
    ],
)
def test_a_page_reads_the_same(github: str, here: str) -> None:
    assert for_python_markdown(github) == here
