"""Owners of resources, as requests say them: requests that do not, and resources that belong to AWS itself.

A negated condition holds for a request without its key (IAM User Guide, "String condition operators"), so that a
refusal by `aws:ResourceOrgID` refuses what does not say whose its resource is.
"""

from __future__ import annotations

from typing import Final

TELL_NO_OWNER: Final = ("ec2:CreateVpcEndpoint", "events:*")
"""Actions of the mesh that may carry no `aws:ResourceOrgID` and no `aws:ResourceAccount`.

The IAM User Guide ("AWS global condition context keys", both keys, "does not support the following actions") names of
EC2 the actions on peerings, endpoints and copies, of which the mesh calls this one. Of EventBridge the edition of 2023
names "All actions"; later ones, and AWS's samples, which compare the key on every action and list `events:PutEvents` as
reviewed, do not. Policies are safe under both readings: they tell EventBridge's resources by their ARNs.
"""

OWNED_BY_AWS: Final = (
    "arn:aws:ec2:*:aws:prefix-list/*",
    "arn:aws:iam::aws:policy/*",
    "arn:aws:ssm:*::parameter/aws/*",
)
"""Resources of AWS's own accounts that the mesh may name: prefix lists of endpoints, managed policies, public
parameters (aws-samples/data-perimeter-policy-examples, its page on resources owned by services, as of 2026-03-18).
None of them takes anything in.

Left out, for nothing of the mesh uses them: documents and automations of Systems Manager, images and layers, the
buckets of SageMaker, Elastic Beanstalk, Neptune, CloudFormation, Data Exchange, Service Catalog and Athena's examples,
and the transforms of Glue Studio (`aws-glue-studio-transforms-*`), whose ARN names an account of AWS by region.
"""

PERMISSIONS_OF_RAM: Final = "arn:aws:ram::aws:permission/*"
"""Permissions that AWS wrote for shares. A grant of Lake Formation to another account puts one on its share, as whoever
grants (Lake Formation Developer Guide, "Cross-account data sharing prerequisites"), and RAM asks that on the permission
too (Service Authorization Reference, AWS RAM, AssociateResourceSharePermission).
"""
