"""Roles that deploy in an organisation of a test, with what they may do."""

from __future__ import annotations

import json

from sandbox.enforcement.seeding import FirstRoles
from tests.sandbox.emulator.provider_harness import MANAGEMENT, Values


def document(*statements: Values) -> Values:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def first_roles(*policies: Values) -> FirstRoles:
    """A role that deploys in every account, and what it may do."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": MANAGEMENT}}
    role = {
        "Path": "/mesh/",
        "RoleName": "deploy",
        "AssumeRolePolicyDocument": document(trust),
        "ManagedPolicyArns": [],
        "Policies": [{"PolicyName": "all", "PolicyDocument": document(*policies)}],
    }
    template = {"Resources": {"Deploy": {"Type": "AWS::IAM::Role", "Properties": role}}}
    return FirstRoles(json.dumps(template), json.dumps({"Resources": {}}))


ALL: Values = {"Effect": "Allow", "Action": "*", "Resource": "*"}
