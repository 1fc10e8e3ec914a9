"""String operators: exact, ignoring case, with wildcards, negated, with IfExists."""

from __future__ import annotations

from tests.mesh.evaluator.judge import Case, Row, truth_table
from tests.mesh.evaluator.pages import IF_EXISTS, MANY, OPERATORS, STRINGS

_EXACT = "StringEquals matches exactly and minds case."
_NOT = "StringNotEquals is the negated match."
_FOLD = "StringEqualsIgnoreCase matches exactly but ignores case."
_NOT_FOLD = "StringNotEqualsIgnoreCase is the negated match that ignores case."
_LIKE = "StringLike minds case; * is many characters, ? is one; a part of a string only matches with a wildcard."
_NOT_LIKE = "StringNotLike is the negated StringLike."
_OR = "The values of one key are joined with OR."
_NOR = "The values of one key under a negated operator are joined with NOR."
_ABSENT = "A key that the request does not have does not match, so the condition is false."
_NOT_ABSENT = "A key that the request does not have meets a condition that it must not match."
_EXISTS = "IfExists: as without it if the request has the key, true if it has not."

_KEY = "aws:SourceIdentity"

_PLAIN = (
    Row("StringEquals", "alice", "alice", True, "the value is equal", _EXACT),
    Row("StringEquals", "alice", "bob", False, "the value is another", _EXACT),
    Row("StringEquals", "alice", "Alice", False, "the value differs in case", _EXACT),
    Row("StringEquals", "alice", "alice2", False, "the value only begins so", _EXACT),
    Row("StringEquals", "al*", "alice", False, "the value would match its star as a wildcard", _EXACT),
    Row("StringEquals", "al*", "al*", True, "the value has the same star", _EXACT),
    Row("StringEquals", "al?ce", "alice", False, "the value would match its question mark as a wildcard", _EXACT),
    Row("StringNotEquals", "alice", "alice", False, "the value is equal", _NOT),
    Row("StringNotEquals", "alice", "bob", True, "the value is another", _NOT),
    Row("StringNotEquals", "alice", "Alice", True, "the value differs in case", _NOT),
    Row("StringNotEquals", "al*", "alice", True, "the value would match its star as a wildcard", _NOT),
    Row("StringEqualsIgnoreCase", "alice", "alice", True, "the value is equal", _FOLD),
    Row("StringEqualsIgnoreCase", "alice", "ALICE", True, "the value differs in case", _FOLD),
    Row("StringEqualsIgnoreCase", "Alice", "aliCe", True, "both mix cases", _FOLD),
    Row("StringEqualsIgnoreCase", "alice", "bob", False, "the value is another", _FOLD),
    Row("StringEqualsIgnoreCase", "al*", "ALICE", False, "the value would match its star as a wildcard", _FOLD),
    Row("StringNotEqualsIgnoreCase", "alice", "alice", False, "the value is equal", _NOT_FOLD),
    Row("StringNotEqualsIgnoreCase", "alice", "ALICE", False, "the value differs in case", _NOT_FOLD),
    Row("StringNotEqualsIgnoreCase", "alice", "bob", True, "the value is another", _NOT_FOLD),
)

_WILD = (
    Row("StringLike", "alice", "alice", True, "the value is equal", _LIKE),
    Row("StringLike", "alice", "alice2", False, "the value only begins so and no star says so", _LIKE),
    Row("StringLike", "al*", "alice", True, "a star at the end covers the rest", _LIKE),
    Row("StringLike", "*ice", "alice", True, "a star at the beginning covers the rest", _LIKE),
    Row("StringLike", "a*c*", "alice", True, "two stars cover the rest", _LIKE),
    Row("StringLike", "a*c", "alice", False, "the value goes on after the last letter", _LIKE),
    Row("StringLike", "*", "alice", True, "the pattern is a star", _LIKE),
    Row("StringLike", "al?ce", "alice", True, "a question mark covers one character", _LIKE),
    Row("StringLike", "al?ce", "aliice", False, "a question mark would have to cover two characters", _LIKE),
    Row("StringLike", "al?ce", "alce", False, "a question mark would have to cover none", _LIKE),
    Row("StringLike", "al*", "Alice", False, "the value differs in case", _LIKE),
    Row("StringLike", "a.*", "alice", False, "a full stop of the pattern is not in the value", _LIKE),
    Row("StringLike", "[a-z]*", "alice", False, "brackets of the pattern are not in the value", _LIKE),
    Row("StringNotLike", "al*", "alice", False, "the pattern covers the value", _NOT_LIKE),
    Row("StringNotLike", "al*", "bob", True, "the pattern does not cover the value", _NOT_LIKE),
    Row("StringNotLike", "al*", "Alice", True, "the value differs in case", _NOT_LIKE),
    Row("StringNotLike", "al?ce", "alice", False, "a question mark covers one character", _NOT_LIKE),
    Row("StringNotLike", "*", "alice", False, "the pattern is a star", _NOT_LIKE),
)

_SEVERAL = (
    Row("StringEquals", ["alice", "bob"], "bob", True, "the value is the second of two", _OR),
    Row("StringEquals", ["alice", "bob"], "carol", False, "the value is none of two", _OR),
    Row("StringEqualsIgnoreCase", ["alice", "bob"], "BOB", True, "the value is the second of two in capitals", _OR),
    Row("StringEqualsIgnoreCase", ["alice", "bob"], "carol", False, "the value is none of two", _OR),
    Row("StringLike", ["al*", "b?b"], "bob", True, "the second pattern covers it", _OR),
    Row("StringLike", ["al*", "b?b"], "carol", False, "neither pattern covers it", _OR),
    Row("StringNotEquals", ["alice", "bob"], "bob", False, "the value is one of two", _NOR),
    Row("StringNotEquals", ["alice", "bob"], "carol", True, "the value is none of two", _NOR),
    Row("StringNotEqualsIgnoreCase", ["alice", "bob"], "BOB", False, "the value is one of two in capitals", _NOR),
    Row("StringNotEqualsIgnoreCase", ["alice", "bob"], "carol", True, "the value is none of two", _NOR),
    Row("StringNotLike", ["al*", "b?b"], "bob", False, "one pattern of two covers it", _NOR),
    Row("StringNotLike", ["al*", "b?b"], "carol", True, "neither pattern covers it", _NOR),
)

_WITHOUT = (
    Row("StringEquals", "alice", None, False, "the request lacks the key", _ABSENT),
    Row("StringEqualsIgnoreCase", "alice", None, False, "the request lacks the key", _ABSENT),
    Row("StringLike", "al*", None, False, "the request lacks the key", _ABSENT),
    Row("StringLike", "*", None, False, "the pattern is a star and the request lacks the key", _ABSENT),
    Row("StringNotEquals", "alice", None, True, "the request lacks the key", _NOT_ABSENT),
    Row("StringNotEqualsIgnoreCase", "alice", None, True, "the request lacks the key", _NOT_ABSENT),
    Row("StringNotLike", "al*", None, True, "the request lacks the key", _NOT_ABSENT),
    Row("StringNotLike", "*", None, True, "the pattern is a star and the request lacks the key", _NOT_ABSENT),
)

_IF_EXISTS = (
    Row("StringEqualsIfExists", "alice", "alice", True, "the value is equal", _EXISTS),
    Row("StringEqualsIfExists", "alice", "bob", False, "the value is another", _EXISTS),
    Row("StringEqualsIfExists", "alice", None, True, "the request lacks the key", _EXISTS),
    Row("StringNotEqualsIfExists", "alice", "alice", False, "the value is equal", _EXISTS),
    Row("StringNotEqualsIfExists", "alice", "bob", True, "the value is another", _EXISTS),
    Row("StringNotEqualsIfExists", "alice", None, True, "the request lacks the key", _EXISTS),
    Row("StringEqualsIgnoreCaseIfExists", "alice", "ALICE", True, "the value differs in case", _EXISTS),
    Row("StringEqualsIgnoreCaseIfExists", "alice", "bob", False, "the value is another", _EXISTS),
    Row("StringEqualsIgnoreCaseIfExists", "alice", None, True, "the request lacks the key", _EXISTS),
    Row("StringNotEqualsIgnoreCaseIfExists", "alice", "ALICE", False, "the value differs in case", _EXISTS),
    Row("StringNotEqualsIgnoreCaseIfExists", "alice", "bob", True, "the value is another", _EXISTS),
    Row("StringNotEqualsIgnoreCaseIfExists", "alice", None, True, "the request lacks the key", _EXISTS),
    Row("StringLikeIfExists", "al*", "alice", True, "the pattern covers the value", _EXISTS),
    Row("StringLikeIfExists", "al*", "bob", False, "the pattern does not cover the value", _EXISTS),
    Row("StringLikeIfExists", "al*", None, True, "the request lacks the key", _EXISTS),
    Row("StringNotLikeIfExists", "al*", "alice", False, "the pattern covers the value", _EXISTS),
    Row("StringNotLikeIfExists", "al*", "bob", True, "the pattern does not cover the value", _EXISTS),
    Row("StringNotLikeIfExists", "al*", None, True, "the request lacks the key", _EXISTS),
)

CASES: tuple[Case, ...] = (
    *truth_table(_PLAIN, key=_KEY, page=STRINGS, deny_in="identity"),
    *truth_table(_WILD, key=_KEY, page=STRINGS, deny_in="scp"),
    *truth_table(_SEVERAL, key=_KEY, page=MANY, deny_in="resource"),
    *truth_table(_WITHOUT, key=_KEY, page=OPERATORS, deny_in="boundary"),
    *truth_table(_IF_EXISTS, key=_KEY, page=IF_EXISTS, deny_in="rcp"),
)
