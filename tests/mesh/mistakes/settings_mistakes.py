"""Mistakes in mesh.yaml, accounts.yaml, clearances, partners, exceptions and locks."""

from __future__ import annotations

from typing import Final

from tests.mesh.mistakes.mistake import Mistake

ACCOUNTS: Final = "accounts.yaml"
EXCEPTIONS: Final = "exceptions.yaml"
FINANCIAL: Final = "clearances/financial.yaml"
GENERAL: Final = "clearances/general.yaml"
MEASUREMENT: Final = "partners/ad-measurement.yaml"
MESH: Final = "mesh.yaml"
NAMES: Final = "names.lock.yaml"
PII: Final = "clearances/pii.yaml"
SUBTITLING: Final = "partners/subtitling.yaml"
LOGIN_RISK: Final = "contracts/identity/login-risk.lock.yaml"

DATE: Final = "expected a date that exists, as year-month-day"
BY_COMMAND: Final = "`mesh accounts --from outputs.json` writes it"
ENTRY: Final = "exceptions:\n  - {{rule: {}, resource: {}, reason: Moved soon, owner: {}, expires: {}}}\n"

PEOPLE: Final = (
    Mistake(
        name="a clearance that reads a word of everyday",
        file=FINANCIAL,
        old="reads: [financial]",
        new="reads: [▸finance]",
        found="unknown classification 'finance'",
        allowed="Known: financial and pii",
        do="did you mean 'financial'?",
    ),
    Mistake(
        name="an approver who is none",
        file=PII,
        old="ranking models, approved-by: privacy-office@aurora.example",
        new="ranking models, approved-by: ▸privacy@aurora.example",
        found="'privacy@aurora.example' does not decide who holds 'pii'",
        allowed="name that one: privacy-office@aurora.example",
        do="have an approver of the clearance approve 'personalisation-science'",
    ),
    Mistake(
        name="the key of an approver with an underscore",
        file=PII,
        old="ranking models, approved-by:",
        new="ranking models, ▸approved_by:",
        found="unknown key 'approved_by' in 'members'",
        allowed="Known: approved-by, domain, group, review and use",
        do="did you mean 'approved-by'?",
    ),
    Mistake(
        name="a review in the order of Germany",
        file=GENERAL,
        old="review: 2027-11-27",
        new="review: ▸27.11.2027",
        found="'review' is the text '27.11.2027'",
        allowed=DATE,
        do="write 2027-11-27",
    ),
    Mistake(
        name="a review in an order that may be two",
        file=GENERAL,
        old="review: 2027-12-03",
        new="review: ▸12/03/2027",
        found="'review' is the text '12/03/2027'",
        allowed=DATE,
        do="write 2027-03-12 or 2027-12-03",
    ),
    Mistake(
        name="a review on a day that November has not",
        file=GENERAL,
        old="review: 2027-11-27",
        new="review: ▸2027-11-31",
        found="'review' is the text '2027-11-31'",
        allowed=DATE,
        do="write 2027-11-30",
    ),
    Mistake(
        name="a review in three years",
        file=GENERAL,
        old="review: 2027-11-27",
        new="review: ▸2029-11-27",
        found="is due on 2029-11-27",
        allowed="more than 400 days ahead",
        do="choose a day until 2028-01-05",
    ),
    Mistake(
        name="a member of a misspelt domain",
        file=GENERAL,
        old="domain: subscriptions",
        new="domain: ▸subscription",
        found="unknown domain 'subscription'",
        allowed="Known: ads, content, identity, playback, recommendations and subscriptions",
        do="did you mean 'subscriptions'?",
    ),
    Mistake(
        name="a member without a review",
        file=GENERAL,
        old="  - {group: sales-planning, domain: ads, use: Forecast of the inventory that can be sold, "
        "approved-by: data-access@aurora.example, review: 2027-11-27}",
        new="  - ▸{group: sales-planning, domain: ads, use: Forecast of the inventory that can be sold, "
        "approved-by: data-access@aurora.example}",
        found="missing key 'review' in 'members'",
        allowed="the day by which it is approved again",
        do="add it",
    ),
    Mistake(
        name="an agreement on what is internal",
        file=MEASUREMENT,
        old="product: ads.impressions",
        new="product: ▸ads.pacing-simulations",
        found="'ads.pacing-simulations' is internal to its domain",
        allowed="offer it as 'analytics' or 'ml'",
        do="ask its owner to",
    ),
    Mistake(
        name="an agreement on no classification, in a word",
        file=MEASUREMENT,
        old="classifications: []",
        new="classifications: [▸none]",
        found="unknown classification 'none'",
        allowed="known: financial and pii",
        do="choose one",
    ),
    Mistake(
        name="an agreement that never ends",
        file=SUBTITLING,
        old="expires: 2029-03-31",
        new="expires: ▸never",
        found="'expires' is the text 'never'",
        allowed=DATE,
        do="write one",
    ),
    Mistake(
        name="an agreement on what holds more than was agreed",
        file=SUBTITLING,
        old="product: content.dialogue-lists",
        new="product: ads.audience-segments",
        at=(SUBTITLING, "classifications: ▸[]"),
        found="'ads.audience-segments' holds pii",
        allowed="which this agreement does not allow",
        do="deliver a product without it, or have the classification agreed",
    ),
)

MESH_FILE: Final = (
    Mistake(
        name="a region by its city",
        file=MESH,
        old="region: eu-west-1",
        new="region: ▸Dublin",
        found="'region' is the text 'Dublin'",
        allowed="expected an AWS region, such as eu-west-1",
        do="write one",
    ),
    Mistake(
        name="an availability zone instead of its region",
        file=MESH,
        old="region: eu-west-1",
        new="region: ▸eu-west-1a",
        found="'region' is the text 'eu-west-1a'",
        allowed="Expected an AWS region",
        do="did you mean 'eu-west-1'?",
    ),
    Mistake(
        name="a pattern of addresses in double braces",
        file=MESH,
        old="account-email: aws+{account}@aurora.example",
        new="account-email: ▸aws+{{account}}@aurora.example",
        found="'account-email' is the text 'aws+{{account}}@aurora.example'",
        allowed="expected an e-mail address with {account}, in braces, once before the '@'",
        do="write one",
    ),
    Mistake(
        name="one address where a range belongs",
        file=MESH,
        old="198.51.100.0/24",
        new="▸198.51.100.4",
        found="this entry is the text '198.51.100.4'",
        allowed="expected a range of addresses, such as 198.51.100.0/24",
        do="write 198.51.100.4/32",
    ),
    Mistake(
        name="classifications without what they mean",
        file=MESH,
        old="classifications:\n  pii: Identifies a person, alone or together with other data of the mesh.\n"
        "  financial: Prices, invoices, payments, and whatever lets revenue be derived.\n",
        new="classifications: ▸[pii, financial]\n",
        found="'classifications' is a list",
        allowed="expected 'key: value' lines",
        do="write each as 'pii: …', without '-' and brackets",
    ),
    Mistake(
        name="a classification that is removed while it is in use",
        file=MESH,
        old="  financial: Prices, invoices, payments, and whatever lets revenue be derived.\n",
        at=(MESH, "▸classifications:"),
        found="'financial' is no classification here",
        allowed="allowed: pii",
        do="put the line of 'financial' back, or take it out there first",
        others=18,
    ),
    Mistake(
        name="a default under a longer name",
        file=MESH,
        old="  retention: 730 days",
        new="  ▸retention-days: 730",
        found="unknown key 'retention-days' in 'defaults'",
        allowed="Known: agreement-notice, audit-retention,",
        do="did you mean 'retention'?",
    ),
    Mistake(
        name="an issuer as a browser shows it",
        file=MESH,
        old="issuer: token.actions.githubusercontent.com",
        new="issuer: ▸https://token.actions.githubusercontent.com/",
        found="'issuer' is the text 'https://token.actions.githubusercontent.com/'",
        allowed="Expected an issuer of GitHub's",
        do="did you mean 'token.actions.githubusercontent.com'?",
    ),
    Mistake(
        name="a repository as git clones it",
        file=MESH,
        old="repository: aurora-streaming/data-mesh",
        new="repository: ▸https://github.com/aurora-streaming/data-mesh.git",
        found="'repository' is the text 'https://github.com/aurora-streaming/data-mesh.git'",
        allowed="Expected a repository, written <owner>/<name>",
        do="did you mean 'aurora-streaming/data-mesh'?",
    ),
    Mistake(
        name="a mesh with the name of its company",
        file=MESH,
        old="name: aurora\n",
        new="name: ▸aurora-streaming\n",
        found="'name' is the text 'aurora-streaming', too long",
        allowed="at most 12 characters fit",
        do="shorten it by 4",
    ),
)

WRITTEN_BY_COMMANDS: Final = (
    Mistake(
        name="an account id with a digit too few",
        file=ACCOUNTS,
        old='ads: "310000000013"',
        new='ads: ▸"31000000013"',
        found="'ads' is the text '31000000013'",
        allowed="expected an AWS account id, twelve digits in quotes",
        do=BY_COMMAND,
    ),
    Mistake(
        name="an account id as the console shows it",
        file=ACCOUNTS,
        old='ads: "310000000013"',
        new='ads: ▸"3100-0000-0013"',
        found="'ads' is the text '3100-0000-0013'",
        allowed="expected an AWS account id, twelve digits in quotes",
        do='write "310000000013"',
    ),
    Mistake(
        name="an account of two domains",
        file=ACCOUNTS,
        old='content: "320000000021"',
        new='content: ▸"310000000013"',
        found="account 310000000013 is used twice",
        allowed="each needs its own",
        do=BY_COMMAND,
    ),
    Mistake(
        name="a network where a subnet belongs",
        file=ACCOUNTS,
        old="eu-west-1a: subnet-0c1d94be27f3a8650",
        new="eu-west-1a: ▸vpc-0c1d94be27f3a8650",
        found="'eu-west-1a' is the text 'vpc-0c1d94be27f3a8650'",
        allowed="expected the id of a subnet, such as subnet-0a1b2c3d4e5f60718",
        do=BY_COMMAND,
    ),
    Mistake(
        name="a group by its name where its id belongs",
        file=ACCOUNTS,
        old="ads-finance: 26cbd0d6-8c5a-2775-ce64-adec0ad69b53",
        new="ads-finance: ▸ads-finance",
        found="'ads-finance' is the text 'ads-finance'",
        allowed="expected the id of a group of IAM Identity Center",
        do=BY_COMMAND,
    ),
    Mistake(
        name="a bucket of another name in the lock",
        file=NAMES,
        old="ads.campaigns: aurora-ads--campaigns",
        new="ads.campaigns: ▸aurora-ads--campaign",
        found="'aurora-ads--campaign' is not the bucket of product 'ads.campaigns'",
        allowed="one that exists is called 'aurora-ads--campaigns'",
        do="restore the name from version control",
    ),
    Mistake(
        name="an id of a column that another one has",
        file=LOGIN_RISK,
        old="device_id: {id: 4",
        new="device_id: {id: ▸3",
        found="'device_id' has the id 3 of 'ip_address'",
        allowed="restore the lock from version control",
        do="run 'mesh lock'",
    ),
    Mistake(
        name="an exception from a misspelt rule",
        file=EXCEPTIONS,
        new=ENTRY.format("▸bucket-is-protectd", "domain-ads/campaigns", "ads-platform", "2027-02-01"),
        found="the policy pack has no rule 'bucket-is-protectd'",
        allowed="docs/policies.md lists its rules",
        do="did you mean 'bucket-is-protected'?",
    ),
    Mistake(
        name="an exception of a domain where a team belongs",
        file=EXCEPTIONS,
        new=ENTRY.format("bucket-is-protected", "domain-ads/campaigns", "▸ads", "2027-02-01"),
        found="unknown team 'ads'",
        allowed="known: ads-platform, content-operations,",
        do="choose one",
    ),
    Mistake(
        name="an exception for a year",
        file=EXCEPTIONS,
        new=ENTRY.format("bucket-is-protected", "domain-ads/campaigns", "ads-platform", "▸2027-12-01"),
        found="lasts until 2027-12-01",
        allowed="more than 180 days ahead of 2026-12-01",
        do="choose a day until 2027-05-30",
    ),
    Mistake(
        name="exceptions without their key",
        file=EXCEPTIONS,
        new=ENTRY.format("bucket-is-protected", "domain-ads/campaigns", "ads-platform", "2027-02-01").replace(
            "exceptions:\n  ", "▸"
        ),
        found="found a list",
        allowed="expected 'key: value' lines at the top of the file",
        do="write above it the key that it belongs to",
    ),
)

SETTINGS_MISTAKES: Final = (*PEOPLE, *MESH_FILE, *WRITTEN_BY_COMMANDS)
