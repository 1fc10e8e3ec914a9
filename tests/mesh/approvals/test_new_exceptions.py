"""New exceptions, and those that last longer, need security or the platform team; others need nobody besides."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from mesh.approvals.new_exceptions import exception_needs
from mesh.model import ExceptionsFile, GuardrailException, Mesh
from tests.mesh.approvals.changed_meshes import request, whys

RULE = "bucket-has-public-access-block"


def excepted(mesh: Mesh, *entries: Mapping[str, str]) -> Mesh:
    said = {"rule": RULE, "resource": "domain-ads/clicks", "reason": "A site.", "owner": "ads", "expires": "2027-01-01"}
    file = ExceptionsFile(exceptions=tuple(GuardrailException.model_validate({**said, **one}) for one in entries))
    return dataclasses.replace(mesh, exceptions=file)


def test_a_new_one_needs_security_or_the_platform_team(sample: Mesh) -> None:
    (told,) = whys(exception_needs(request(sample, excepted(sample, {}))))
    contact = sample.file.security_contact
    assert told == (
        f"{contact} or @aurora/data-platform: 'bucket-has-public-access-block' no longer holds for domain-ads/clicks "
        "until 2027-01-01: A site."
    )
    (need,) = exception_needs(request(sample, excepted(sample, {})))
    assert (need.kind, need.about) == ("guardrail", "stacks/exceptions.yaml: domain-ads/clicks")
    assert not need.author_counts


def test_one_that_lasts_longer_or_is_for_others_is_asked_for_anew(sample: Mesh) -> None:
    before = excepted(sample, {})
    (longer,) = whys(exception_needs(request(before, excepted(sample, {"expires": "2027-02-01"}))))
    assert longer.endswith("until 2027-02-01, and not 2027-01-01 alone")
    assert len(whys(exception_needs(request(before, excepted(sample, {"resource": "domain-ads/click?"}))))) == 1
    assert len(whys(exception_needs(request(before, excepted(sample, {"rule": "no-default-provider"}))))) == 1


def test_one_that_goes_or_ends_sooner_needs_nobody(sample: Mesh) -> None:
    before = excepted(sample, {})
    for after in (sample, before, excepted(sample, {"expires": "2026-12-24"}), excepted(sample)):
        assert whys(exception_needs(request(before, after))) == []


def test_a_file_that_cannot_be_read_may_let_anything_through(sample: Mesh) -> None:
    unread = dataclasses.replace(sample, unread=frozenset(("exceptions.yaml",)))
    (told,) = whys(exception_needs(request(sample, unread)))
    assert told.endswith("exceptions.yaml cannot be read, and what it lets through not be told")


def test_who_is_asked_says_the_mesh_before(sample: Mesh) -> None:
    mine = dataclasses.replace(sample, file=sample.file.model_copy(update={"security_contact": "me@aurora.example"}))
    (told,) = whys(exception_needs(request(sample, excepted(mine, {}))))
    assert "me@aurora.example" not in told
