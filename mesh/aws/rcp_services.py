"""Services whose resources an RCP protects (Organizations User Guide, "List of AWS services that support RCPs").

The list is that of 2026-09-26. Not among them: athena, glue, lakeformation, lambda, ram, sns, ssm, states.
"""

from __future__ import annotations

from typing import Final

RCP_SERVICES: Final = frozenset(
    "aoss appconfig appstream autoscaling autoscaling-plans budgets cloudfront cloudsearch cloudtrail-data "
    "clouddirectory codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend "
    "comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis "
    "fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications opensearch "
    "pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 secretsmanager servicediscovery "
    "signin sqs sts support swf textract timestream-influxdb transcribe transfer translate wafv2 workspaces "
    "xray".split()
)
"""Prefixes of the actions of these services."""
