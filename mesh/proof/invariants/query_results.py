"""Query results (I24): they stay in the prefix of the clearance that asked, and deployments set up the workgroups."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import Subject


def results_stay_home(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I24: on Athena workgroups, on the prefix of each clearance, and on who reads a result."""
    region = subject.region
    for administrator, deployment in subject.administrators:
        workgroup = f"arn:aws:athena:{region}:{administrator.account}:workgroup/{names.WORKGROUP}"
        for action in ("athena:CreateWorkGroup", "athena:UpdateWorkGroup", "athena:DeleteWorkGroup"):
            request = Request(administrator.name, action, workgroup)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim(deployment.who, Request(deployment.name, action, workgroup), free=("scp",))
    for domain in subject.domains:
        account_id = domain.access.account_id
        results = f"arn:aws:s3:::{subject.plan.results_bucket(domain.name)}"
        for name, role in domain.clearances.items():
            for other in domain.clearances:
                for action in ("s3:GetObject", "s3:PutObject"):
                    request = Request(role.arn, action, f"{results}/{other}/x")
                    yield Claim(f"clearance {name} of {domain.name}", request, allowed=other == name)
                workgroup = f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(other)}"
                query = Request(role.arn, "athena:StartQueryExecution", workgroup)
                yield Claim(f"clearance {name} of {domain.name}", query, allowed=other == name)
                listed = Request(role.arn, "s3:ListBucket", results, {"s3:prefix": f"{other}/"})
                yield Claim(f"clearance {name} of {domain.name}", listed, allowed=other == name)
                for action in ("s3:GetObject", "s3:PutObject"):
                    checks = Request(domain.check.arn, action, f"{results}/{other}/x")
                    yield Claim(f"the check of {domain.name}", checks, allowed=False, granted=False)
                    reads = Request(role.arn, action, f"{results}/{names.CHECK}/x")
                    yield Claim(f"clearance {name} of {domain.name}", reads, allowed=False, granted=False)
                checks = Request(domain.check.arn, "athena:StartQueryExecution", workgroup)
                yield Claim(f"the check of {domain.name}", checks, allowed=False, granted=False)
            everything = Request(role.arn, "s3:ListBucket", results)
            yield Claim(f"clearance {name} of {domain.name}", everything, allowed=False)
            # The clearance is the same one everywhere, its results are not.
            for elsewhere in subject.others(domain.name):
                bucket = f"arn:aws:s3:::{subject.plan.results_bucket(elsewhere.name)}/{name}/x"
                request = Request(role.arn, "s3:PutObject", bucket)
                yield Claim(f"clearance {name} of {domain.name}", request, allowed=False, denied=("resource",))
    yield from _readers_of_results(subject)


def _readers_of_results(subject: Subject) -> Iterator[AnyClaim]:
    for account_id, unit, where in subject.accounts_asked:
        result = f"arn:aws:s3:::{subject.plan.results_bucket(subject.owners[account_id])}/x"
        for caller in subject.of_account(account_id, unit, where):
            yield Claim(caller.who, Request(caller.name, "s3:GetObject", result), allowed=False, denied=("resource",))
        held = names.clearance_role(account_id, "some") if unit == "domains" else names.role(account_id, "access")
        if unit != "governance":
            yield Claim(f"people of {where}", Request(held, "s3:GetObject", result), free=("resource",))
        service = Request("s3.amazonaws.com", "s3:GetObject", result, subject.for_the_mesh)
        yield Claim("a service of the mesh", service, free=("resource",))
