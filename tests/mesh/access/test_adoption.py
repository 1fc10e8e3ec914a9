"""Adoption: what an account brings along, and how its authorization details are read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh.access.adoption import leftovers
from mesh.access.authorization_details import read_details
from mesh.findings import BadInputError
from mesh.plan import Plan
from tests.mesh.access.details import ACCOUNT, EMPTY, EVERYTHING, arn, details, role


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "details.json"


def found(file: Path, whole: Any, plan: Plan) -> set[tuple[str, str]]:
    file.write_text(json.dumps(whole, indent=4), "utf-8")
    return {(each.arn.removeprefix(arn("")), each.kind) for each in leftovers(read_details(file), plan)}


def refusal(file: Path, text: str) -> str:
    file.write_text(text, "utf-8")
    with pytest.raises(BadInputError) as error:
        read_details(file)
    (finding,) = error.value.findings
    return str(finding).removeprefix(f"{file.parent}/")


def test_service_linked_roles_are_fine(file: Path, plan: Plan) -> None:
    assert found(file, EMPTY, plan) == set()
    assert read_details(file).account == ACCOUNT


def test_everything_of_its_own_is_told(file: Path, plan: Plan) -> None:
    assert found(file, EVERYTHING, plan) == {
        ("user/ada", "user"),
        ("group/admins", "group"),
        ("role/mesh/clearance/restricted", "role of the mesh's path"),
        ("role/stacksets-exec-0123", "role of a name that is excepted"),
        ("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_pii_0123456789abcdef", "role of a name that is excepted"),
        ("role/teams/deploy", "role of a name that is needed"),
        ("role/OrganizationAccountAccessRole", "trust"),
        ("role/public", "trust"),
        ("role/github", "trust"),
        ("role/containers", "trust"),
        ("role/unbound", "boundary"),
        ("policy/mesh/boundary", "policy"),
    }


@pytest.mark.parametrize("name", ["Deploy", "restricted", "impressions", "deliver-impressions"])
def test_a_name_that_the_mesh_needs_is_taken_in_whatever_case_and_path(name: str, file: Path, plan: Plan) -> None:
    whole = details(RoleDetailList=[role(f"somewhere/{name}")])
    assert found(file, whole, plan) == {(f"role/somewhere/{name}", "role of a name that is needed")}


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ({"AWS": "900000000009"}, "another account (900000000009)"),
        ({"AWS": "arn:aws:iam::900000000009:role/x"}, "another account (arn:aws:iam::900000000009:role/x)"),
        ("*", "every account (*)"),
        ({"Federated": "cognito-identity.amazonaws.com"}, "a provider (cognito-identity.amazonaws.com)"),
        ({"Service": "ec2.amazonaws.com"}, ""),
        ({"Service": "sagemaker.amazonaws.com"}, "no SCP of the mesh lists (sagemaker.amazonaws.com)"),
        ({"CanonicalUser": "79a59d"}, "CanonicalUser 79a59d"),
    ],
)
def test_a_trust_is_told_with_whom_it_admits(principal: Any, words: str, file: Path, plan: Plan) -> None:
    file.write_text(json.dumps(details(RoleDetailList=[role("x", principal)])), "utf-8")
    messages = [each.message for each in leftovers(read_details(file), plan)]
    assert [words in message for message in messages] == ([True] if words else [])


def test_an_excluding_principal_is_told_and_a_deny_admits_nobody(file: Path, plan: Plan) -> None:
    odd, denying = role("odd"), role("denying", {"AWS": "*"})
    odd["AssumeRolePolicyDocument"]["Statement"][0]["NotPrincipal"] = {"AWS": arn("root")}
    del odd["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    denying["AssumeRolePolicyDocument"]["Statement"][0]["Effect"] = "Deny"
    assert found(file, details(RoleDetailList=[odd, denying]), plan) == {("role/odd", "trust")}


def test_a_trust_policy_may_be_encoded_as_the_api_has_it(file: Path, plan: Plan) -> None:
    encoded = role("x", {"AWS": "900000000009"})
    encoded["AssumeRolePolicyDocument"] = quote(json.dumps(encoded["AssumeRolePolicyDocument"]))
    assert found(file, details(RoleDetailList=[encoded]), plan) == {("role/x", "trust")}


def test_bad_input_is_told_with_its_place(file: Path) -> None:
    assert refusal(file, '{"UserDetailList": [}').startswith("details.json:1:21: no JSON: Expecting value")
    assert refusal(file, "[]").startswith("details.json:1:1: an object is expected here")
    assert "details.json:1:1: 'Policies' is missing; the file is the whole answer" in refusal(
        file, '{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []}'
    )
    trust = {"AssumeRolePolicyDocument": "{}"}
    for broken, place, words in (
        (details(RoleDetailList=[{"RoleName": "x"}]), "5:9", "'Arn' is missing; every entry of 'RoleDetailList' has"),
        (of_role(UserDetailList=[{"Arn": "ada"}]), "4:20", "'Arn' is 'ada'; every entry of 'UserDetailList' has the"),
        (of_role(UserDetailList=["ada"]), "3:9", "an object is expected here"),
        ({**of_role(), "Policies": {}}, "1:1", "'Policies' is no list"),
        (details(RoleDetailList=[{"Arn": arn("role/x"), "AssumeRolePolicyDocument": "{"}]), "7:41", "is no JSON"),
        (details(RoleDetailList=[{"Arn": arn("role/x")}]), "5:9", "'AssumeRolePolicyDocument' is missing"),
        (of_role(UserDetailList=[{"Arn": arn("role/a")}]), "4:20", "has the ARN of a user"),
        (of_role(UserDetailList=[{"Arn": "arn:aws:iam::aws:user/a"}]), "4:20", "has the ARN of a user"),
        (of_role(UserDetailList=[{"Arn": arn("user/a\n")}]), "4:20", r"user/a\n'"),
        (of_role(UserDetailList=[{"Arn": arn("user/b", "100000000001")}]), "4:20",
         f"of account 100000000001, and the first role is of {ACCOUNT}; check one account at a time"),
        (details(RoleDetailList=[{"Arn": arn("role/x"), **trust}, {"Arn": arn("role/y", "100000000001")}]), "10:20",
         "of account 100000000001"),
        (details(), "4:23", "no role at all, and every account has some of AWS's own"),
    ):  # fmt: skip
        told = refusal(file, json.dumps(broken, indent=4))
        assert told.startswith(f"details.json:{place}: ") or place == "1:1", told
        assert words in told
    with pytest.raises(BadInputError, match="cannot be read: No such file"):
        read_details(file.parent / "missing.json")


def of_role(**lists: list[Any]) -> dict[str, Any]:
    """Details of an account with a role of AWS's own."""
    return details(RoleDetailList=EMPTY["RoleDetailList"], **lists)


@pytest.mark.parametrize(
    ("key", "value"), [("IsTruncated", True), ("IsTruncated", "true"), ("NextToken", "x"), ("Marker", "")]
)
def test_a_part_of_the_account_is_refused(key: str, value: object, file: Path, plan: Plan) -> None:
    assert f"'{key}' says that this is a part of the account" in refusal(file, json.dumps({**EMPTY, key: value}))
    assert found(file, {**EMPTY, "IsTruncated": False, "Marker": None}, plan) == set()


def test_a_key_twice_is_refused_for_readers_differ_on_which_counts(file: Path) -> None:
    text = json.dumps(EMPTY, indent=4)
    assert refusal(file, text.replace('"Policies": []', '"Policies": [],\n"RoleDetailList": []')).startswith(
        "details.json:25:1: the key 'RoleDetailList' stands twice in one object; write the file with `aws iam"
    )
    twice = role("x")
    twice["AssumeRolePolicyDocument"] = '{"Statement": [{"Effect": "Allow"}], "Statement": []}'
    assert "the key 'Statement' stands twice in one object in the trust policy" in refusal(
        file, json.dumps(details(RoleDetailList=[twice]))
    )


@pytest.mark.parametrize(
    ("service", "is_told"),
    [
        ("s3.amazonaws.com", False),
        ("logs.eu-west-1.amazonaws.com", False),
        ("logs.eu-west-2.amazonaws.com", True),
        ("s3.evil.com", True),
        ("s3", True),
        ("s3.amazonaws.com.evil.com", True),
        ("evil.s3.amazonaws.com", True),
    ],
)
def test_a_service_is_compared_whole(service: str, is_told: bool, file: Path, plan: Plan) -> None:
    told = found(file, details(RoleDetailList=[role("x", {"Service": service})]), plan)
    assert told == ({("role/x", "trust")} if is_told else set())


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from places(inner, (*path, key))


PLACES = [path for path in places(EVERYTHING) if path]
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2) | st.just({})


@given(st.sampled_from(PLACES), VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_stands_in_it_the_file_is_read_or_refused_with_a_place(
    file: Path, plan: Plan, path: tuple[str | int, ...], value: Any
) -> None:
    whole = copy.deepcopy(EVERYTHING)
    holder: Any = whole
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    file.write_text(json.dumps(whole), "utf-8")
    told = [""]
    try:
        told = [each.message for each in leftovers(read_details(file), plan)]
    except BadInputError as error:
        told = [finding.message for finding in error.findings if finding.line >= 1]
    assert told == [] or all(told)
