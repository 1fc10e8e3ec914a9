"""Mistakes in YAML itself: indentation, quotes, brackets, keys that stand twice, and what editors and Git leave."""

from __future__ import annotations

from typing import Final

from tests.mesh.mistakes.mistake import Mistake

TEXT_MISTAKES: Final = (
    Mistake(
        name="a tab before a product",
        file="domains/playback.yaml",
        old="  quality-of-experience: {",
        new="▸\tquality-of-experience: {",
        found="a tab in the indentation",
        allowed="YAML takes spaces only",
        do="two a level",
    ),
    Mistake(
        name="a key that stands one column to the left",
        file="domains/playback.yaml",
        old="    ports: [files, table]\n    retention: 45 days",
        new="    ports: [files, table]\n   ▸retention: 45 days",
        found="not YAML: this line is not",
        allowed="on the level of the keys before it",
        do="check its indentation",
    ),
    Mistake(
        name="engineers named twice instead of engineers and owners",
        file="domains/identity.yaml",
        old="owners: [identity-owners]",
        new="▸engineers: [identity-owners]",
        found="duplicate key 'engineers'",
        allowed="first on line 5",
        do="keep one of the two",
    ),
    Mistake(
        name="a budget over which two branches differ",
        file="domains/recommendations.yaml",
        old="account: {budget: 4000}\n",
        new="▸<<<<<<< HEAD\naccount: {budget: 4000}\n=======\naccount: {budget: 5000}\n>>>>>>> more-budget\n",
        found="a merge conflict that is not settled",
        allowed="keep one side or join both",
        do="remove the lines '<<<<<<<', '=======' and '>>>>>>>'",
    ),
    Mistake(
        name="a second document in a clearance",
        file="clearances/financial.yaml",
        old="reads: [financial]",
        new="▸---\nreads: [financial]",
        found="'---' starts a second document",
        allowed="a mesh file holds one",
        do="",
        lacks="?",
    ),
)
