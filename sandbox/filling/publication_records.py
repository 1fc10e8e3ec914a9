"""Records of publications, as the publication function has written them: what is published, and what was refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from mesh import names
from mesh.plan import Plan
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.request_origin import coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import session_credentials


class PublicationRecordsSeen:
    """Records of an organisation, read as the function's role."""

    def __init__(self, organization: EnforcedOrganization, plan: Plan) -> None:
        hub, region = plan.perimeter.governance_id, plan.perimeter.region
        keys = session_credentials(names.publication_role(hub), region)
        self._session: Final = organization.acting(hub, keys)
        self._plan, self._region = plan, region

    def record(self, product: str) -> Mapping[str, Any]:
        """The record of a product; nothing where it has none."""
        domain, _, name = product.partition(".")
        key = f"{self._plan.domains[domain].access.account_id}/{name}.json"
        place = {"Bucket": self._plan.governance.publication.bucket, "Key": key}
        try:
            with coming_from("network"):
                return json.loads(self._session.call("s3", self._region, "get_object", place)["Body"].read())
        except AwsError as error:
            if error.code == "NoSuchKey":
                return {}
            raise

    def is_published(self, product: str) -> bool:
        """Whether readers see a draft of a product, the newest or one before."""
        return bool(self.record(product).get("published"))

    def refusal(self, product: str) -> list[str]:
        """Sentences of the last refusal; none where the newest draft was not refused."""
        refused: Mapping[str, Any] = self.record(product).get("refused") or {}
        return list(refused.get("sentences") or ())

    def unpublished(self, product: str) -> str:
        """The reason why readers do not see the newest draft of a product, table by table; empty where they see it."""
        record = self.record(product)
        domain, _, name = product.partition(".")
        drafts = self._plan.domains[domain].drafts.get(name)
        if drafts is None:
            return ""
        if refused := self.refusal(product):
            return "; ".join(refused)
        if failed := record.get("failed"):
            return str(failed["sentence"])
        published: Mapping[str, Any] = record.get("published") or {}
        shown: Mapping[str, Any] = published.get("tables") or {}
        missing = [table.name for table in drafts.tables if table.name not in shown]
        waits = [*missing, *(record.get("unwritten") or ())]
        return f"nothing is written yet to {', '.join(dict.fromkeys(waits))}" if waits else ""
