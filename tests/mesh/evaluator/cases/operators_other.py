"""Numeric, date, boolean, binary, address and ARN operators, Null, and what their IfExists forms do."""

from __future__ import annotations

from tests.mesh.evaluator.judge import BUCKET, USER, Case, Row, truth_table
from tests.mesh.evaluator.pages import ADDRESSES, ARNS, BINARY, BOOLEANS, DATES, IF_EXISTS, NULL, NUMBERS

_ABSENT = "A key that the request does not have does not match, so the condition is false."
_NOT_ABSENT = "A key that the request does not have meets a condition that it must not match."
_EXISTS = "IfExists: as without it if the request has the key, true if it has not."
_NUMBER = "Numeric operators compare whole or decimal numbers, not their spelling."
_MANY = "Several values are joined with OR, under a negated operator with NOR."

# operator → (smaller, equal, greater, absent): what the request gives, seen from the policy
_ORDER: dict[str, tuple[bool, bool, bool, bool]] = {
    "Equals": (False, True, False, False),
    "NotEquals": (True, False, True, True),
    "LessThan": (True, False, False, False),
    "LessThanEquals": (True, True, False, False),
    "GreaterThan": (False, False, True, False),
    "GreaterThanEquals": (False, True, True, False),
}


def _ordered(kind: str, wanted: str, values: tuple[str, str, str], rule: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"{kind}{name}",
            wanted,
            value,
            matches,
            f"the value is {words}",
            rule if value is not None else _absent(name),
        )
        for name, truth in _ORDER.items()
        for value, matches, words in zip((*values, None), truth, ("smaller", "equal", "greater", "absent"), strict=True)
    )


def _absent(name: str) -> str:
    return _NOT_ABSENT if name == "NotEquals" else _ABSENT


def _if_exists(kind: str, wanted: str, values: tuple[str, str, str]) -> tuple[Row, ...]:
    absent = tuple(
        Row(f"{kind}{name}IfExists", wanted, None, True, "the request lacks the key", _EXISTS) for name in _ORDER
    )
    present = tuple(
        Row(f"{kind}{name}IfExists", wanted, values[2], _ORDER[name][2], "the value is greater", _EXISTS)
        for name in _ORDER
    )
    return absent + present


_NUMBERS = (
    *_ordered("Numeric", "10", ("9", "10", "100"), _NUMBER),
    Row("NumericEquals", "10", "10.0", True, "the value is equal with a decimal point", _NUMBER),
    Row("NumericLessThan", "2.5", "2.25", True, "the value is a smaller decimal", _NUMBER),
    Row("NumericGreaterThan", "9", "10", True, "the value is greater and would be smaller as text", _NUMBER),
    Row("NumericEquals", 10, 10, True, "both are JSON numbers", _NUMBER),
    Row("NumericEquals", ["1", "10"], "10", True, "the value is the second of two", _MANY),
    Row("NumericEquals", ["1", "10"], "5", False, "the value is none of two", _MANY),
    Row("NumericNotEquals", ["1", "10"], "10", False, "the value is one of two", _MANY),
    Row("NumericNotEquals", ["1", "10"], "5", True, "the value is none of two", _MANY),
)

_DATE = "Date operators compare moments, written as ISO 8601 or as seconds since 1970."
_DATES = (
    *_ordered(
        "Date", "2026-06-01T12:00:00Z", ("2026-06-01T11:59:59Z", "2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z"), _DATE
    ),
    Row("DateEquals", "1780315200", "2026-06-01T12:00:00Z", True, "the policy has the moment in seconds", _DATE),
    Row("DateLessThan", "1780315200", "2026-06-01T11:59:59Z", True, "the policy has a later moment in seconds", _DATE),
    Row("DateGreaterThan", "2026-06-01", "2026-06-01T12:00:00Z", True, "the policy has the day alone", _DATE),
    Row(
        "DateEquals",
        "2026-06-01T14:00:00+02:00",
        "2026-06-01T12:00:00Z",
        True,
        "the policy has another time zone",
        _DATE,
    ),
    Row("DateEquals", "2026-06-01T12:00Z", "2026-06-01T12:00:00Z", True, "the policy has no seconds", _DATE),
    Row("DateLessThan", "2026-06-01", "2026-06-01T12:00:00Z", False, "the policy has the day alone", _DATE),
    Row(
        "DateEquals",
        ["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"],
        "2026-06-01T12:00:00Z",
        True,
        "one of two is equal",
        _MANY,
    ),
    Row(
        "DateNotEquals",
        ["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"],
        "2026-06-01T12:00:00Z",
        False,
        "one is equal",
        _MANY,
    ),
)

_BOOL = "Bool compares with true or false."
_BOOLS = (
    Row("Bool", "true", "true", True, "true is wanted and given", _BOOL),
    Row("Bool", "true", "false", False, "true is wanted and false given", _BOOL),
    Row("Bool", "false", "false", True, "false is wanted and given", _BOOL),
    Row("Bool", "false", "true", False, "false is wanted and true given", _BOOL),
    Row("Bool", True, True, True, "both are JSON booleans", _BOOL),
    Row("Bool", "true", None, False, "true is wanted and the request lacks the key", _ABSENT),
    Row("Bool", "false", None, False, "false is wanted and the request lacks the key", _ABSENT),
)
_BOOLS_IF_EXISTS = (
    Row("BoolIfExists", "true", "true", True, "true is wanted and given", _EXISTS),
    Row("BoolIfExists", "true", "false", False, "true is wanted and false given", _EXISTS),
    Row("BoolIfExists", "false", "true", False, "false is wanted and true given", _EXISTS),
    Row("BoolIfExists", "true", None, True, "true is wanted and the request lacks the key", _EXISTS),
    Row("BoolIfExists", "false", None, True, "false is wanted and the request lacks the key", _EXISTS),
)

_NULL = "Null asks for the key to be absent (true) or to be there with a value (false)."
_NULLS = (
    Row("Null", "true", None, True, "absence is wanted and the key is absent", _NULL),
    Row("Null", "true", "vpce-1a2b3c4d", False, "absence is wanted and the key is there", _NULL),
    Row("Null", "false", None, False, "presence is wanted and the key is absent", _NULL),
    Row("Null", "false", "vpce-1a2b3c4d", True, "presence is wanted and the key is there", _NULL),
    Row("Null", True, None, True, "absence is wanted with a JSON boolean", _NULL),
)

_RANGE = "IpAddress matches an address in the range."
_ONE = "An address without a prefix stands for itself, /32."
_NOT_RANGE = "NotIpAddress matches every address but those of the range."
_MIXED = "IPv4 and IPv6 ranges may stand side by side."
_V6 = "2001:DB8:1234:5678::/64"
_ADDRESSES = (
    Row("IpAddress", "203.0.113.0/24", "203.0.113.0", True, "the address is the first of the range", _RANGE),
    Row("IpAddress", "203.0.113.0/24", "203.0.113.255", True, "the address is the last of the range", _RANGE),
    Row("IpAddress", "203.0.113.0/24", "203.0.114.0", False, "the address is the next after the range", _RANGE),
    Row("IpAddress", "203.0.113.7", "203.0.113.7", True, "the address is the one named", _ONE),
    Row("IpAddress", "203.0.113.7", "203.0.113.70", False, "the address only begins so", _ONE),
    Row("IpAddress", _V6, "2001:db8:1234:5678::1", True, "the IPv6 address is in the range", _RANGE),
    Row("IpAddress", _V6, "2001:db8:1234:5679::1", False, "the IPv6 address is outside the range", _RANGE),
    Row("IpAddress", _V6, "203.0.113.7", False, "the range is IPv6 and the address IPv4", _RANGE),
    Row(
        "IpAddress", ["203.0.113.0/24", _V6], "2001:db8:1234:5678::1", True, "the second range has the address", _MIXED
    ),
    Row("IpAddress", ["203.0.113.0/24", _V6], "198.51.100.1", False, "neither range has the address", _MIXED),
    Row("IpAddress", "0.0.0.0/0", "198.51.100.1", True, "the range is all of IPv4", _RANGE),
    Row("IpAddress", "0.0.0.0/0", None, False, "the range is everything and the request lacks the key", _ABSENT),
    Row("NotIpAddress", "203.0.113.0/24", "203.0.113.7", False, "the address is in the range", _NOT_RANGE),
    Row("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True, "the address is outside the range", _NOT_RANGE),
    Row(
        "NotIpAddress",
        ["203.0.113.0/24", _V6],
        "2001:db8:1234:5678::1",
        False,
        "one range of two has the address",
        _MANY,
    ),
    Row("NotIpAddress", ["203.0.113.0/24", _V6], "198.51.100.1", True, "no range has the address", _MANY),
    Row("NotIpAddress", "203.0.113.0/24", None, True, "the request lacks the key", _NOT_ABSENT),
)
_ADDRESSES_IF_EXISTS = (
    Row("IpAddressIfExists", "203.0.113.0/24", "203.0.113.7", True, "the address is in the range", _EXISTS),
    Row("IpAddressIfExists", "203.0.113.0/24", "198.51.100.1", False, "the address is outside the range", _EXISTS),
    Row("IpAddressIfExists", "203.0.113.0/24", None, True, "the request lacks the key", _EXISTS),
    Row("NotIpAddressIfExists", "203.0.113.0/24", "203.0.113.7", False, "the address is in the range", _EXISTS),
    Row("NotIpAddressIfExists", "203.0.113.0/24", "198.51.100.1", True, "the address is outside the range", _EXISTS),
    Row("NotIpAddressIfExists", "203.0.113.0/24", None, True, "the request lacks the key", _EXISTS),
)

_TOPIC = "arn:aws:sns:eu-west-1:111111111111:orders"
_ARN = "ArnEquals and ArnLike are the same: they mind case and compare six parts, each with * and ? as wildcards."
_NOT_ARN = "ArnNotEquals and ArnNotLike are the negated match, and the same."
# pattern, given, covered, words
_PATTERNS: tuple[tuple[object, str, bool, str], ...] = (
    (_TOPIC, _TOPIC, True, "the ARN is equal"),
    (_TOPIC, "arn:aws:sns:eu-west-1:111111111111:returns", False, "the ARN is another"),
    (_TOPIC, "arn:aws:sns:eu-west-1:111111111111:Orders", False, "the ARN differs in case"),
    ("arn:aws:sns:*:111111111111:*", _TOPIC, True, "stars cover a part each"),
    ("arn:aws:sns:eu-west-?:111111111111:orders", _TOPIC, True, "a question mark covers one character"),
    ("arn:aws:sns:*:222222222222:*", _TOPIC, False, "the account part differs"),
    (
        "arn:aws:sns:*:111111111111:finance/*",
        "arn:aws:sns:us-east-2:999999999999:store/abc:111111111111:finance/document.txt",
        False,
        "a star would have to cover more than its part",
    ),
    ([_TOPIC, "arn:aws:s3:::*"], BUCKET, True, "the second of two patterns covers it"),
    ([_TOPIC, "arn:aws:sqs:*:*:*"], BUCKET, False, "none of two patterns covers it"),
)
_ARN_ROWS = (
    *(
        Row(operator, wanted, given, covered, words, _ARN)
        for operator in ("ArnEquals", "ArnLike")
        for wanted, given, covered, words in _PATTERNS
    ),
    *(
        Row(operator, wanted, given, not covered, words, _NOT_ARN)
        for operator in ("ArnNotEquals", "ArnNotLike")
        for wanted, given, covered, words in _PATTERNS
    ),
    Row("ArnEquals", _TOPIC, None, False, "the request lacks the key", _ABSENT),
    Row("ArnLike", "arn:aws:sns:*:*:*", None, False, "the request lacks the key", _ABSENT),
    Row("ArnNotEquals", _TOPIC, None, True, "the request lacks the key", _NOT_ABSENT),
    Row("ArnNotLike", "arn:aws:sns:*:*:*", None, True, "the request lacks the key", _NOT_ABSENT),
)
_STRING_ARN = (
    Row(
        "StringLike",
        "arn:aws:sns:*:111111111111:finance/*",
        "arn:aws:sns:us-east-2:999999999999:store/abc:111111111111:finance/document.txt",
        True,
        "an ARN matches as text where its parts would not",
        "With StringLike a star may cover colons, which it may not with ArnLike.",
    ),
)
_ARNS_IF_EXISTS = (
    Row("ArnEqualsIfExists", _TOPIC, _TOPIC, True, "the ARN is equal", _EXISTS),
    Row("ArnEqualsIfExists", _TOPIC, BUCKET, False, "the ARN is another", _EXISTS),
    Row("ArnEqualsIfExists", _TOPIC, None, True, "the request lacks the key", _EXISTS),
    Row("ArnLikeIfExists", "arn:aws:sns:*:*:*", _TOPIC, True, "the pattern covers it", _EXISTS),
    Row("ArnLikeIfExists", "arn:aws:sns:*:*:*", BUCKET, False, "the pattern does not cover it", _EXISTS),
    Row("ArnLikeIfExists", "arn:aws:sns:*:*:*", None, True, "the request lacks the key", _EXISTS),
    Row("ArnNotEqualsIfExists", _TOPIC, _TOPIC, False, "the ARN is equal", _EXISTS),
    Row("ArnNotEqualsIfExists", _TOPIC, None, True, "the request lacks the key", _EXISTS),
    Row("ArnNotLikeIfExists", "arn:aws:sns:*:*:*", _TOPIC, False, "the pattern covers it", _EXISTS),
    Row("ArnNotLikeIfExists", "arn:aws:sns:*:*:*", BUCKET, True, "the pattern does not cover it", _EXISTS),
    Row("ArnNotLikeIfExists", "arn:aws:sns:*:*:*", None, True, "the request lacks the key", _EXISTS),
)

_BASE64 = "BinaryEquals compares byte for byte with the base64 of the policy."
_BYTES = (
    Row("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True, "the bytes are equal", _BASE64),
    Row("BinaryEquals", "QmluYXJ5", "VmFsdWU=", False, "the bytes are others", _BASE64),
    Row("BinaryEquals", "QmluYXJ5", None, False, "the request lacks the key", _ABSENT),
    Row("BinaryEqualsIfExists", "QmluYXJ5", None, True, "the request lacks the key", _EXISTS),
)

_NUMBER_KEY: dict[str, str] = {"key": "s3:max-keys", "action": "s3:ListBucket", "on": BUCKET}
_TOKEN = "aws:TokenIssueTime"
_MFA = "aws:MultiFactorAuthPresent"
CASES: tuple[Case, ...] = (
    *truth_table(_NUMBERS, page=NUMBERS, deny_in="resource", **_NUMBER_KEY),
    *truth_table(_if_exists("Numeric", "10", ("9", "10", "100")), page=IF_EXISTS, deny_in="session", **_NUMBER_KEY),
    *truth_table(_DATES, key=_TOKEN, page=DATES, deny_in="scp", by=USER),
    *truth_table(
        _if_exists("Date", "2026-06-01T12:00:00Z", ("", "", "2026-06-01T12:00:01Z")),
        key=_TOKEN,
        page=IF_EXISTS,
        deny_in="rcp",
        by=USER,
    ),
    *truth_table(_BOOLS, key=_MFA, page=BOOLEANS, deny_in="resource", by=USER),
    *truth_table(_BOOLS_IF_EXISTS, key=_MFA, page=IF_EXISTS, deny_in="scp", by=USER),
    *truth_table(_NULLS, key="aws:SourceVpce", page=NULL, deny_in="rcp"),
    *truth_table(_ADDRESSES, key="aws:SourceIp", page=ADDRESSES, deny_in="identity"),
    *truth_table(_ADDRESSES_IF_EXISTS, key="aws:SourceIp", page=IF_EXISTS, deny_in="scp"),
    *truth_table(_ARN_ROWS, key="aws:SourceArn", page=ARNS, deny_in="resource"),
    *truth_table(_STRING_ARN, key="aws:SourceArn", page=ARNS, deny_in="scp"),
    *truth_table(_ARNS_IF_EXISTS, key="aws:SourceArn", page=IF_EXISTS, deny_in="boundary"),
    *truth_table(_BYTES, key="aws:PrincipalTag/fingerprint", page=BINARY, deny_in="identity"),
)
