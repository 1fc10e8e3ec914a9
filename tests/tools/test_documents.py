"""Documents of templates, as the judges are shown them: of roles as an account has them, of nothing else."""

from __future__ import annotations

import json

from mesh.plan import Plan
from tools.judge.documents import template_documents
from tools.judge.planned import AN_ACCOUNT


def test_documents_of_a_template_have_the_id_of_an_account(plan: Plan) -> None:
    args = plan.organization.args
    found = dict(template_documents(args.bootstrap, "organization/bootstrap"))
    found |= dict(template_documents(args.access_bootstrap, "organization/bootstrap-access"))
    assert "trust/organization/bootstrap.CiAccess" in found
    assert "trust/organization/bootstrap.BreakGlass" in found
    assert not any("CiProvider" in place for place in found)
    assert not any("Fn::Sub" in text for text in found.values())
    own = json.loads(found["identity/organization/bootstrap-access.DeployAccess"])
    assert f"arn:aws:iam::{AN_ACCOUNT}:policy/mesh/boundary" in str(own)
