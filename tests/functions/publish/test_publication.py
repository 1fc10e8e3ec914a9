"""A good commit is published: pointer, columns and labels of the hub; and what readers, owner and record see of it."""

from __future__ import annotations

from tests.functions.publish.organization import Harbour
from tests.functions.publish.writers import Writer, rows, ship


def test_a_commit_of_pyiceberg_ends_in_the_hub(organization: Harbour, writer: Writer) -> None:
    pointer = writer.append(ship(1), ship(2))
    organization.published()
    assert organization.pointer() == pointer
    assert [row["ship"] for row in rows(pointer)] == [1, 2]
    assert organization.told() == ["product published"]
