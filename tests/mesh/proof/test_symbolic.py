"""What is proven for all strings: it holds of the sample, fails when a statement is loosened, and never in silence."""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mesh.evaluator.policies import Policy, compiled
from mesh.plan import Plan
from mesh.proof import symbolic
from mesh.proof.invariants import INVARIANTS
from mesh.proof.prove import prove
from mesh.proof.subject import Subject
from mesh.proof.symbolic import solve
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.theorems import THEOREMS
from mesh.proof.written_labels import WrittenLabels
from tests.mesh.proof.seeded import Bench, Edit, Fault, Json, also, broken, element, instead, when, without

BY_ID = {invariant.id: invariant for invariant in INVARIANTS}
INBOX, RESULTS, CATALOG = "policy of bucket *--inbox", "policy of bucket *-results", "policy of the mesh catalog"
PATHS, ARN, SERVICE = "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:PrincipalIsAWSService"
BUCKETS, KEYS = "policy of bucket *--[!i]*", "policy of the key of *.*"
ROOT_SCP, ROOT_RCP, DOORS = "mesh-guardrails-stay-up", "mesh-resources-stay-inside", "mesh-no-side-doors-*"
NETWORKS, CREDENTIALS = "mesh-our-networks", "mesh-credentials-stay-inside"
ENDPOINTS = "policy of the endpoint of s3"
GLASS, SECOND_FACTOR = "role/mesh/break-glass/emergencies, trust", "UsersWithASecondFactor"
ANY_VALUE = instead("ForAllValues:StringNotLike", "ForAnyValue:StringNotLike", PATHS)
TEXT_OF_ARN = instead("ArnNotLike", "StringNotLike", ARN)


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    found = Subject(plan, written)
    assert found.product_classes
    assert found.account_classes
    return found


def first(name: str) -> Edit:
    """Of several actions or resources the first."""

    def edit(statement: Json) -> None:
        statement[name] = statement[name][0]

    return edit


def more(name: str, value: str) -> Edit:
    """One more action or resource."""

    def edit(statement: Json) -> None:
        own = statement[name]
        statement[name] = [*([own] if isinstance(own, str) else own), value]

    return edit


LOOSENED: tuple[tuple[str, str, str, Edit], ...] = (
    ("I1", ROOT_RCP, "RefuseCallersOutsideTheOrganisation", instead("BoolIfExists", "Bool", SERVICE)),
    ("I1", ROOT_RCP, "RefuseCallersOutsideTheOrganisation", also("StringNotEqualsIfExists", "aws:PrincipalOrgID", "")),
    ("I1", BUCKETS, "RefuseOtherUnits", ANY_VALUE),
    ("I1", KEYS, "RefuseOtherUnits", ANY_VALUE),
    ("I2", ROOT_RCP, "RefuseServicesForOutsiders", also("StringNotEqualsIfExists", "aws:SourceOrgID", "o-other")),
    ("I2", "policy of bucket *-logs", "RefuseServicesForOutsiders", first("Resource")),
    ("I3", "mesh-domain-resources", "RefuseOtherUnits", ANY_VALUE),
    ("I3", "mesh-domain-resources", "RefuseOtherUnits", also("ForAllValues:StringNotLike", PATHS, "o-*/r-*/*1/*")),
    ("I3", BUCKETS, "RefuseOtherUnits", first("Resource")),
    ("I3", KEYS, "RefuseOtherUnits", element("Action", "kms:Decrypt")),
    ("I4", "mesh-partner-*-stays-inside", "RefuseResourcesOfOtherAccounts", more("NotResource", "arn:aws:s3:::aws-*")),
    ("I4", "mesh-partner-*-stays-inside", "RefuseResourcesOfOtherAccounts", element("Action", "s3:*", "kms:*")),
    (
        "I5",
        "mesh-partner-*-one-writer",
        "RefuseAllButTheWriter",
        also("ArnNotLikeIfExists", ARN, "arn:aws:iam::*:role/mesh/delivery/*"),
    ),
    (
        "I5",
        "mesh-partner-*-one-writer",
        "RefuseAllButTheDeployment",
        instead("ArnNotLikeIfExists", "ForAnyValue:ArnNotLike", ARN),
    ),
    (
        "I5",
        "policy of bucket *--inbox",
        "RefuseOtherAccounts",
        also("ArnNotLikeIfExists", ARN, "arn:aws:iam::*:user/*"),
    ),
    ("I5", "policy of the key of inbox*", "RefuseAllButTheWriters", instead("BoolIfExists", "Bool", SERVICE)),
    (
        "I6",
        "mesh-identities-stay-inside",
        "RefuseResourcesOutsideTheOrganisation",
        when("StringNotEqualsIfExists", "aws:SourceVpce", "vpce-ours"),
    ),
    (
        "I7",
        DOORS,
        "RefuseSubscriptionsOutside",
        when("StringNotLike", "sns:Endpoint", "arn:aws:*:*:${aws:PrincipalAccount}:*"),
    ),
    ("I7", DOORS, "RefuseExportConfigurations", TEXT_OF_ARN),
    ("I7", "mesh-actions-of-data", "RefuseOtherActionsOfData", more("NotAction", "glue:CreateDevEndpoint")),
    (
        "I7",
        "mesh-actions-of-data",
        "RefuseOtherActionsOfData",
        when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy"),
    ),
    ("I8", "mesh-actions-of-workloads", "RefuseOtherActionsOfWorkloads", more("NotAction", "ec2:CreateNatGateway")),
    ("I8", DOORS, "RefuseOtherEndpoints", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/*")),
    ("I8", ENDPOINTS, "MeshReachesItsOwn", instead("StringEquals", "StringEqualsIfExists", "aws:ResourceOrgID")),
    ("I8", ENDPOINTS, "MeshReachesItsOwn", without("ForAnyValue:StringLike", PATHS)),
    ("I9", ROOT_RCP, "RefuseOldPresignedUrls", when("NumericGreaterThan", "s3:signatureAge", "900001")),
    ("I9", NETWORKS, "RefuseForeignNetworks", also("StringNotEqualsIfExists", "aws:VpceOrgID", "o-other")),
    ("I9", NETWORKS, "RefuseForeignNetworks", when("Null", "aws:VpceOrgID", "false")),
    ("I9", NETWORKS, "RefuseForeignNetworks", element("Action", "s3:*", "kms:*", "sqs:*")),
    ("I9", NETWORKS, "RefuseOtherVpcs", also("StringNotEqualsIfExists", "aws:SourceVpc", "vpc-0")),
    ("I9", NETWORKS, "RefuseOtherVpcs", also("ArnNotLikeIfExists", ARN, "arn:aws:iam::*:role/mesh/pipeline/*/*")),
    ("I9", NETWORKS, "RefusePresignedUrls", element("Action", "s3:GetObject")),
    ("I9", NETWORKS, "RefusePresignedUrls", also("NotIpAddressIfExists", "aws:SourceIp", "203.0.113.0/24")),
    ("I9", CREDENTIALS, "RefuseGlueCredentialsElsewhere", more("NotAction", "s3:GetObject")),
    ("I9", CREDENTIALS, "RefuseGlueCredentialsElsewhere", when("StringNotEquals", "aws:SourceVpce", "vpce-0")),
    ("I9", CREDENTIALS, "RefuseFunctionCredentialsElsewhere", instead("BoolIfExists", "Bool", "aws:ViaAWSService")),
    ("I9", CREDENTIALS, "RefuseForeignEndpoints", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*")),
    (
        "I9",
        CREDENTIALS,
        "RefuseNamesakesOfTheNetwork",
        also("StringNotEqualsIfExists", "aws:RequestedRegion", "us-east-1"),
    ),
    ("I9", CREDENTIALS, "RefusePeopleElsewhere", also("NotIpAddressIfExists", "aws:SourceIp", "203.0.113.0/24")),
    ("I9", CREDENTIALS, "RefusePeopleElsewhere", when("ArnLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*")),
    ("I9", CREDENTIALS, "RefusePeopleElsewhere", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/p*")),
    ("I10", BUCKETS, "RefusePlainHttp", first("Resource")),
    ("I10", BUCKETS, "RefuseOldTls", when("NumericLessThan", "s3:TlsVersion", "1.1")),
    ("I10", ROOT_RCP, "RefusePlainHttp", element("Action", "s3:*")),
    (
        "I11",
        BUCKETS,
        "RefuseOtherKeys",
        also("StringNotEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", "alias/aws/s3"),
    ),
    ("I12", KEYS, "RefuseUseOutsideS3", instead("StringNotEquals", "ForAnyValue:StringNotEquals", "kms:ViaService")),
    ("I12", KEYS, "RefuseUseOutsideS3", also("StringNotEquals", "kms:ViaService", "ec2.eu-west-1.amazonaws.com")),
    ("I12", KEYS, "RefuseGrants", instead("BoolIfExists", "Bool", "kms:GrantIsForAWSResource")),
    ("I13", BUCKETS, "RefuseOtherReaders", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*")),
    ("I13", KEYS, "RefuseOtherUsers", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/?*")),
    ("I14", BUCKETS, "RefuseOtherReaders", TEXT_OF_ARN),
    ("I14", BUCKETS, "RefuseOtherListers", first("Action")),
    ("I14", KEYS, "RefuseOtherUsers", also("ArnNotLike", ARN, "arn:aws:iam::*:root")),
    (
        "I15",
        ROOT_SCP,
        "RefuseForgedSessionTags",
        instead("ForAnyValue:StringLike", "ForAllValues:StringLike", "aws:TagKeys"),
    ),
    ("I15", ROOT_RCP, "RefuseForgedSessionTags", when("ForAnyValue:StringLike", "aws:TagKeys", "mesh:c*")),
    ("I16", ROOT_SCP, "RefuseChangesToProtection", when("ArnNotLike", ARN, "arn:aws:iam::*:role/*deploy")),
    ("I16", ROOT_SCP, "RefuseLakeFormationAdministration", TEXT_OF_ARN),
    ("I16", ROOT_SCP, "RefuseRegistrationOfLocations", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/publish*")),
    ("I16", ROOT_SCP, "RefuseLeavingTheOrganisation", element("Action", "organizations:LeaveOrganization")),
    (
        "I17",
        ROOT_SCP,
        "RefuseRolesWithoutTheBoundary",
        when("StringNotLike", "iam:PermissionsBoundary", "arn:aws:iam::*:policy/mesh/boundary"),
    ),
    ("I17", ROOT_SCP, "RefuseChangesToRolesOfTheMesh", first("Resource")),
    ("I18", "policy of bucket *", "ClearedPeopleRead", without("StringEquals", "aws:PrincipalOrgID")),
    ("I19", DOORS, "RefuseSharing", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/*")),
    ("I21", "policy of bucket *-logs", "RefuseDeletionOfLogs", when("Bool", SERVICE, "false")),
    (
        "I21",
        "policy of bucket *-audit",
        "RefuseOtherWriters",
        element("Resource", "arn:aws:s3:::aurora-audit/AWSLogs/*"),
    ),
    ("I22", GLASS, SECOND_FACTOR, also("ArnLike", ARN, "arn:aws:iam::*:user/mesh/break-glass/*")),
    ("I22", GLASS, SECOND_FACTOR, instead("Bool", "BoolIfExists", "aws:MultiFactorAuthPresent")),
    (
        "I22",
        GLASS,
        SECOND_FACTOR,
        instead("NumericLessThanEquals", "NumericLessThanEqualsIfExists", "aws:MultiFactorAuthAge"),
    ),
    ("I22", GLASS, SECOND_FACTOR, without("StringEquals", "sts:SourceIdentity")),
    ("I22", GLASS, SECOND_FACTOR, also("StringEquals", "aws:RequestedRegion", "us-east-1")),
    ("I22", "role/mesh/deploy, trust in governance", "EmergenciesUnderAName", without("Null", "aws:SourceIdentity")),
    (
        "I22",
        "role/mesh/deploy, trust in governance",
        "EmergenciesUnderAName",
        also("ArnLike", ARN, "arn:aws:iam::*:role/mesh/b*"),
    ),
    ("I23", CATALOG, "RefuseOtherUnits", ANY_VALUE),
    (
        "I23",
        "policy of the mesh catalog",
        "RefuseOtherTables",
        also("ArnNotLike", ARN, "arn:aws:iam::2*:role/mesh/deploy"),
    ),
    (
        "I24",
        "policy of bucket *-results",
        "RefuseOtherReaders",
        when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/pipeline/*/*"),
    ),
    ("I24", DOORS, "RefuseWorkgroupChanges", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*")),
    ("M1", DOORS, "RefuseOtherRegions", also("StringNotEquals", "aws:RequestedRegion", "us-east-1")),
    ("M2", BUCKETS, "RefuseOtherAdministrators", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")),
    (
        "M12",
        "role/mesh/deploy, trust in domains",
        "ContinuousIntegrationOfTheDomain",
        also("ArnLike", ARN, "arn:aws:iam::200000000002:role/mesh/ci/domain-*"),
    ),
    (
        "M12",
        "role/mesh/deploy, trust in *",
        "ContinuousIntegrationOfPartners",
        without("ForAnyValue:StringLike", "aws:ResourceOrgPaths"),
    ),
    (
        "M12",
        "role/mesh/ci/organization, trust",
        "TokensOfTheStacksEnvironment",
        instead("StringEquals", "StringEqualsIgnoreCase", "token.actions.githubusercontent.com:sub"),
    ),
    (
        "M12",
        "role/mesh/ci/*, trust",
        "TokensOfTheStacksEnvironment",
        without("StringEquals", "token.actions.githubusercontent.com:aud"),
    ),
    ("M15", INBOX, "DeclaredWritersDeliver*", when("DateLessThan", "aws:CurrentTime", "2029-04-02T00:00:00Z")),
    (
        "M15",
        "policy of the key of inbox*",
        "DeclaredWritersEncrypt*",
        without("DateLessThan", "aws:CurrentTime"),
    ),
    ("M5", BUCKETS, "RefuseOtherWriters", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/pipeline/*/*")),
    ("I6", "mesh-identities-stay-inside", "RefuseResourcesOutsideTheOrganisation", more("NotAction", "glue:Create*")),
    (
        "I6",
        "mesh-identities-stay-inside",
        "RefuseResourcesOutsideTheOrganisation",
        more("NotResource", "arn:aws:s3:::aws-*"),
    ),
    (
        "I6",
        "mesh-identities-stay-inside",
        "RefuseBusesOfUnknownOwners",
        more("NotResource", "arn:aws:events:*:*:event-bus/mesh"),
    ),
    (
        "I19",
        "mesh-identities-stay-inside",
        "RefuseFunctionsForOthers",
        also("StringNotLike", "lambda:Principal", "arn:aws:iam::*:root"),
    ),
    ("I19", DOORS, "RefuseSharing", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")),
    ("I25", "mesh-jobs-stay-as-made", "RefuseStartingJobs", also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/*")),
    (
        "I25",
        "mesh-jobs-stay-as-made",
        "RefuseReadingLogsOfTheMesh",
        element("Resource", "arn:aws:logs:*:*:log-group:/mesh/a*"),
    ),
    (
        "M12",
        "role/mesh/clearance/*, trust",
        "PeopleWithThePermissionSet",
        also("ArnLike", ARN, "arn:aws:iam::*:role/by-any-name"),
    ),
    (
        "M12",
        "role/mesh/publisher/*, trust",
        "ThePublicationFunction",
        also("ArnLike", ARN, "arn:aws:iam::*:role/mesh/functions/publication-*"),
    ),
    ("M12", "role/mesh/pipeline/*, trust", "PipelinesOfThisAccount", without("StringEquals", "aws:SourceAccount")),
)


def loosened(name: str, sid: str, edit: Edit) -> Callable[[Bench], None]:
    """A statement that is there in some documents of that name."""

    def breaks(bench: Bench) -> None:
        def change(statements: list[Json]) -> None:
            for statement in statements:
                if fnmatch.fnmatchcase(statement["Sid"], sid):
                    edit(statement)

        def has(policy: Policy) -> bool:
            return any(fnmatch.fnmatchcase(statement["Sid"], sid) for statement in policy.document["Statement"])

        have = [policy.name for policy in bench.subject.policies if has(policy)]
        found = sorted({each for each in have if fnmatch.fnmatchcase(each, name)})
        assert found, f"no document {name} has {sid}"
        for each in found:
            bench.document(each.replace("[", "[[]"), change)

    return breaks


@pytest.mark.parametrize("name", THEOREMS)
def test_the_theorem_holds_of_the_sample_mesh(subject: Subject, name: str) -> None:
    proof = symbolic.prove(name, subject)
    assert proof
    assert (proof.failed, [witness.text for witness in proof.witnesses]) == (0, [])
    assert proof.obligations > 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "document", "sid", "edit"), LOOSENED, ids=[f"{n}-{each[0]}-{each[2]}" for n, each in enumerate(LOOSENED)]
)
def test_a_loosened_statement_is_found_by_the_theorem_with_a_request_on_which_the_evaluator_agrees(
    subject: Subject, name: str, document: str, sid: str, edit: Edit
) -> None:
    with broken(subject, Fault(sid, loosened(document, sid, edit), name, ())):
        proof = symbolic.prove(name, subject)
    assert proof
    assert proof.failed > 0
    wrong = [w.text for w in proof.witnesses if "cannot be proven" in w.text or "fault of the proof" in w.text]
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("name", THEOREMS)
def test_a_theorem_whose_policies_are_empty_does_not_hold(subject: Subject, name: str) -> None:
    with broken(subject, Fault("everything", emptied, name, ())):
        proof = symbolic.prove(name, subject)
    assert proof
    # That nobody is admitted holds of an empty policy.
    assert proof.failed > 0 or name in ("I18", "I22", "M12", "M15")


def emptied(bench: Bench) -> None:
    bench.document("*", lambda statements: statements.clear())


def test_every_theorem_is_of_an_invariant_and_says_what_it_is_and_over_what_it_ranges() -> None:
    assert list(THEOREMS) == list(symbolic.RANGES)
    assert [name for name in THEOREMS if name not in BY_ID] == []
    assert [
        name for name, goals in THEOREMS.items() if not (goals.__doc__ or "").partition("\n")[0].endswith(".")
    ] == []
    assert {name for name, *_ in LOOSENED} == set(THEOREMS)


# ---- answers


POLICY: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "RefuseOthers",
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringNotLike": {ARN: "arn:aws:iam::*:role/mesh/deploy"}},
        }
    ],
}


def obligation(document: Json = POLICY) -> Obligation:
    request = SymbolicRequest((compiled("a policy", document),))
    assumption = request.key(ARN).shaped(("arn:aws:iam::111111111111:role/x:", "role/mesh/deploy"))
    return Obligation(what="a stranger", request=request, actions=("s3:*",), assumptions=(assumption,))


def test_a_witness_is_a_request_in_words_and_as_data() -> None:
    witness = obligation().check()
    assert witness
    assert "arn:aws:iam::111111111111:role/x:role/mesh/deploy: s3:" in witness.text
    assert witness.text.endswith("is not refused by a policy")
    assert witness.data["context"] == {ARN.lower(): "arn:aws:iam::111111111111:role/x:role/mesh/deploy"}
    assert "fault" not in witness.data


def test_an_evaluator_that_disagrees_is_told_as_a_fault_of_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def denies(*_: object) -> Iterator[int]:
        return iter((0,))

    monkeypatch.setattr(solve.Counterexample, "taken_by", denies)
    witness = obligation().check()
    assert witness
    assert witness.text.endswith("the evaluator says otherwise, which is a fault of the proof itself")
    assert witness.data["fault"] == "z3 and the evaluator disagree"


def test_no_answer_in_time_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def __init__(self) -> None:
            self.set = self.add = lambda *_: None

        def check(self) -> Any:
            return solve.z3.unknown

        def reason_unknown(self) -> str:
            return "timeout"

    monkeypatch.setattr(solve.z3, "SimpleSolver", Slow)
    witness = obligation().check()
    assert witness
    assert witness.text == "a stranger: cannot be proven: z3 has no answer in time (timeout)"


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("DateLessThan", "aws:SourceIp", "2026-01-01T00:00:00Z"),
        ("StringLikes", ARN, "x"),
        ("StringLike", ARN, "${aws:PrincipalAccount}"),
        ("StringEquals", "aws:userid", "x"),
        ("StringEqualsIgnoreCase", ARN, "é"),
        ("NumericLessThan", "s3:TlsVersion", "1e1"),
    ],
)
def test_what_has_no_encoding_is_no_proof(operator: str, key: str, value: str) -> None:
    request = SymbolicRequest(())
    with pytest.raises(ValueError, match=r"no encoding|no operator|no number|ASCII|compare"):
        request.condition(operator, key, [value])


def test_a_key_compared_as_text_and_as_a_number_is_refused() -> None:
    request = SymbolicRequest(())
    request.condition("NumericLessThan", "s3:TlsVersion", ["1.2"])
    with pytest.raises(ValueError, match="as text and as a number"):
        request.condition("StringEquals", "s3:TlsVersion", ["1.2"])


# ---- without z3


@pytest.fixture
def no_z3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)


@pytest.mark.usefixtures("no_z3")
def test_without_z3_invariants_are_decided_as_before(plan: Plan, written: WrittenLabels) -> None:
    assert not symbolic.available()
    (result,) = prove(plan, written, (BY_ID["I24"],))
    assert result.holds
    assert (result.symbolic, result.as_json()["method"]) == (None, "enumeration")


def test_with_z3_the_method_says_over_what_a_theorem_ranges(plan: Plan, written: WrittenLabels) -> None:
    (result, other) = prove(plan, written, (BY_ID["I24"], BY_ID["I20"]))
    assert result.as_json()["method"] == f"enumeration; z3: {symbolic.RANGES['I24']}"
    assert other.as_json()["method"] == "enumeration"


def test_a_theorem_stands_in_the_module_named_like_its_invariants() -> None:
    modules = {name: theorem.__module__.rpartition(".")[2] for name, theorem in THEOREMS.items()}
    assert modules == {name: BY_ID[name].claims.__module__.rpartition(".")[2] for name in THEOREMS}
