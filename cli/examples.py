"""Examples of every command, as its help shows them; tests parse each, and look up the names that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("mesh validate", "mesh plan --stack ads", "mesh up"),
    "validate": (
        "mesh validate",
        "mesh validate --against main",
        "mesh validate --only stacks/domains/ads.yaml --format github",
    ),
    "new": ("mesh new domain", "mesh new product identity.sign-ins --from sign_ins.parquet"),
    "new domain": ("mesh new domain", "mesh new domain billing --product invoices --from invoices.parquet"),
    "new product": (
        "mesh new product identity.sign-ins",
        "mesh new product identity.sign-ins --from sign_ins.parquet",
    ),
    "new table": ("mesh new table identity.profiles devices --from devices.csv",),
    "new member": ("mesh new member growth-analysts --clearance financial --domain ads",),
    "new consumer": ("mesh new consumer content playback.sessions",),
    "new partner": ("mesh new partner press --principals press-editors",),
    "new agreement": ("mesh new agreement subtitling content.titles --expires 2027-06-30",),
    "new exception": ("mesh new exception bucket-is-protected domain-ads/raw",),
    "new pipeline": ('mesh new pipeline content.rights --schedule "cron(15 4 * * ? *)"',),
    "new resume": ("mesh new resume",),
    "lock": ("mesh lock", "mesh lock --product identity.profiles"),
    "migrate": ("mesh migrate",),
    "codeowners": ("mesh codeowners", "mesh codeowners --check"),
    "schemas": ("mesh schemas", "mesh schemas --check"),
    "diff": ("mesh diff main", "mesh diff v1.0 main --markdown", "mesh diff main --exit-code"),
    "plan": (
        "mesh plan",
        "mesh plan --stack ads",
        "mesh plan --stack domain-ads --json",
        "mesh plan --against main",
        "mesh plan --watch",
    ),
    "policies": ("mesh policies", "mesh policies --stack ads --config levels.json"),
    "affected": ("mesh affected --since main", "mesh affected --since main --only approvals"),
    "review": ("mesh review main", "mesh review main --report comment.md --format github"),
    "up": ("mesh up", "mesh up --serve", "mesh up --stack ads --no-data"),
    "as": (
        'eval "$(mesh as partner:ad-measurement)"',
        "mesh as general@ads --profile --write ~/.aws/config",
    ),
    "connect": (
        "mesh connect --as general@ads --for awswrangler",
        "mesh connect --as pii@playback --for dbt --product playback.sessions",
    ),
    "query": (
        'mesh query --as general@ads "select * from content__titles.titles"',
        "mesh query --as pii@playback --file report.sql --format csv",
    ),
    "clock": ("mesh clock", "mesh clock --to 2029-01-01"),
    "lapse": ("mesh lapse", "mesh lapse --close"),
    "offboard": ("mesh offboard subtitling", "mesh offboard subtitling --finish"),
    "run": ("mesh run playback.viewing-hours", "mesh run playback.viewing-hours --window october"),
    "data": ("mesh data sample",),
    "data sample": (
        "mesh data sample",
        "mesh data sample playback.sessions --rows 1000 --out rows",
    ),
    "publish": (
        "mesh publish",
        "mesh publish playback.sessions --rollback",
        "mesh publish --check",
    ),
    "refresh": ("mesh refresh", "mesh refresh --stack ads --exit-code"),
    "destroy": ("mesh plan --removal", "mesh destroy --stack partner-subtitling"),
    "access": (
        "mesh access",
        "mesh access --product identity.profiles --clearance pii",
        "mesh access --svg access.svg",
    ),
    "access explain": ("mesh access explain --as pii@ads --read identity.profiles",),
    "access who": ("mesh access who identity.profiles", "mesh access who identity.profiles.birth_year"),
    "access blast": ("mesh access blast partner:subtitling",),
    "decide": ("mesh decide < requests.jsonl",),
    "prove": ("mesh prove", "mesh prove --invariant I13", "mesh prove --mutate"),
    "accounts": ("mesh accounts", "mesh accounts --from outputs.json"),
    "stacks": ("mesh stacks", "mesh stacks --json"),
    "adopt": ("mesh adopt --check details.json",),
    "bootstrap": (
        "mesh bootstrap > roles.json",
        "mesh bootstrap --administrator arn:aws:iam::100000000001:role/first",
    ),
    "example": ("mesh example new-mesh", "mesh example new-mesh --domains 20 --products 5"),
    "completion": (
        'eval "$(mesh completion bash)"',
        "mesh completion fish > ~/.config/fish/completions/mesh.fish",
    ),
}
"""Examples by the path of the command, empty for `mesh` itself; each is at most 76 characters, and stands on a line."""
