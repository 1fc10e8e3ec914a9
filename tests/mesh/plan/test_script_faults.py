"""Scripts that a run would die of are told before it, and those that run are taken; nothing of them is run."""

from __future__ import annotations

import pytest

from mesh.plan.script_faults import fault, words

HANDLER = "def handler(event, context):\n    return event\n"
TAKEN = (
    HANDLER,
    "\ufeff" + HANDLER,
    "# -*- coding: latin-1 -*-\n" + HANDLER,
    "import nowhere.at.all\nraise SystemExit\n" + HANDLER,
    "from mine import handler\n",
    "import mine as handler\n",
    "from mine import *\n",
    "handler = print\n",
    "first, handler = 1, print\n",
    "handler = lambda event, context: event\n",
    "try:\n    from mine import handler\nexcept ImportError:\n    def handler(event, context): ...\n",
    "try:\n    import mine\nexcept ImportError:\n    def handler(event, context): ...\n",
    "match 1:\n    case 1:\n        def handler(event, context): ...\n",
    "with open('a') as handler: ...\n",
    "(handler := print)\n",
    "class handler: ...\n",
    "def handler(*given): ...\n",
    "def handler(event, context, more=1): ...\n",
    "@decorated\ndef handler(): ...\n",
    "large = 9**9**9\n" + HANDLER,
)
WITHOUT = (
    "handle = print\n",
    "# def handler(event, context):\n",
    "def Handler(event, context): ...\n",
    "def lambda_handler(event, context): ...\n",
    "class Job:\n    def handler(self, event, context): ...\n",
    "def main():\n    def handler(event, context): ...\n",
    "if True:\n    def main():\n        def handler(event, context): ...\n",
    "later = lambda: (handler := print)\n",
    "every = [handler for handler in (print,)]\n",
    "handler: object\n",
)
NO_PYTHON = {
    "def clicks(:\n": "line 1: invalid syntax",
    "print 'x'\n": "line 1: Missing parentheses in call to 'print'. Did you mean print(...)?",
    "def clicks():\npass\n": "line 2: expected an indented block after function definition on line 1",
    "return 1\n": "line 1: 'return' outside function",
    "# -*- coding: nothing -*-\n": "unknown encoding: nothing",
    "x = (1,\n": "line 1: '(' was never closed",
}


@pytest.mark.parametrize("text", TAKEN)
def test_a_script_with_a_handler_is_taken(text: str) -> None:
    assert fault("lambda", "clicks.py", text) == ""


@pytest.mark.parametrize("text", WITHOUT)
def test_a_function_without_a_handler_is_told(text: str) -> None:
    assert fault("lambda", "clicks.py", text).startswith("it has no function 'handler', which Lambda calls")
    assert fault("glue-spark", "clicks.py", text) == ""


@pytest.mark.parametrize("given", ["", "event", "event, context, more", "event, context, *, more", "*, event, context"])
def test_a_handler_that_takes_other_arguments_is_told(given: str) -> None:
    told = fault("lambda", "clicks.py", f"\n\ndef handler({given}): ...\n")
    assert told == "line 3: 'handler' takes other arguments than Lambda gives, which are event and context"


def test_a_handler_that_lambda_would_not_wait_for_is_told() -> None:
    assert "is async" in fault("lambda", "clicks.py", f"async {HANDLER}")


def test_a_name_that_lambda_takes_for_a_folder_is_told() -> None:
    assert fault("lambda", "clicks.v2.py", HANDLER).endswith("name it clicks_v2.py")


@pytest.mark.parametrize("runtime", ["glue-spark", "glue-python", "lambda"])
@pytest.mark.parametrize(("text", "told"), NO_PYTHON.items())
def test_what_is_no_python_is_told_with_its_line(runtime: str, text: str, told: str) -> None:
    assert fault(runtime, "clicks.py", text) == f"it is no Python ({told})"
    assert words(text) is None


@pytest.mark.parametrize("text", ["x = " + "-" * 200_000 + "1\n", "x = " + "+".join("1" * 100_000), "x\0"])
def test_what_no_compiler_gets_through_is_told(text: str) -> None:
    assert fault("glue-spark", "clicks.py", text).startswith("it is no Python")


def test_a_python_shell_takes_what_its_python_does() -> None:
    text = "match 1:\n    case 1:\n        pass\n"
    assert fault("glue-spark", "clicks.py", text) == ""
    assert fault("glue-python", "clicks.py", text).startswith("it is no Python 3.9, which a Python shell runs (line ")


def test_words_of_a_script_are_those_of_its_texts() -> None:
    assert words("a = {'--day-from': \"x, y\"}['until']  # not\n") == {"day_from", "x", "y", "until"}
