"""Tables over what a partner's inbox gets of the product `sales.orders`, by which the partner's people query it."""

from acme import AUDITOR, PERIMETER, account
from pulumi import ResourceOptions

from components import AccountBaseline, InboxTables, PartnerAccount
from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.types import parse
from mesh.plan.nodes import AccountBaselineArgs, InboxTablesArgs, PartnerAccountArgs

auditor = account("auditor", AUDITOR)
baseline = AccountBaseline(
    "auditor",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="partner-auditor",
        owner_email="finance@acme.example",
        account_id=AUDITOR,
        budget=100,
        log_retention=365,
        results_retention=30,
    ),
    opts=auditor,
)
partner = PartnerAccount(
    "auditor",
    PartnerAccountArgs(perimeter=PERIMETER, partner="auditor", account_id=AUDITOR, writers={}, retention=90),
    log_bucket=PERIMETER.buckets.logs("partner-auditor", AUDITOR),
    opts=ResourceOptions.merge(auditor, ResourceOptions(depends_on=[baseline])),
)
InboxTables(
    "sales.orders",
    InboxTablesArgs(
        perimeter=PERIMETER,
        partner="auditor",
        account_id=AUDITOR,
        domain="sales",
        product="orders",
        tables=(
            CatalogTable(
                "orders",
                "parquet",
                "Orders of a day",
                (CatalogColumn("id", parse("string")), CatalogColumn("ordered_at", parse("timestamp"))),
            ),
        ),
    ),
    opts=ResourceOptions.merge(auditor, ResourceOptions(depends_on=[partner])),
)
