"""Scripts as processes: what they find, how they end, and what of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.jobs.job_order import Stream
from sandbox.jobs.script_process import LONGEST_LINE, ScriptEnd, run_script

ROOT: Final = Path(__file__).parents[3]
CHILD: Final = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "


class Heard:
    """The lines of one script."""

    def __init__(self) -> None:
        self.lines: list[tuple[Stream, str]] = []

    def run(self, text: str, *arguments: str, seconds: float = 60.0) -> ScriptEnd:
        return run_script(
            "job.py", text.encode(), arguments, {"A": "b"}, seconds, lambda *line: self.lines.append(line)
        )

    @property
    def output(self) -> list[str]:
        return [line for stream, line in self.lines if stream == "output"]


@pytest.fixture
def heard() -> Heard:
    return Heard()


def ends(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_script_finds_its_arguments_a_home_of_its_own_and_no_input(heard: Heard) -> None:
    text = "import os, sys; print(sys.argv[1:], os.getcwd() == os.environ['HOME'], sys.stdin.read(), os.environ['A'])"
    end = heard.run(text, "--day", "a b")
    assert (end.code, end.lines, end.reason) == (0, 1, "")
    assert heard.output == ["['--day', 'a b'] True  b"]


def test_the_folder_of_a_script_is_removed(heard: Heard) -> None:
    heard.run("import os; open('left', 'w').close(); print(os.getcwd())")
    assert not Path(heard.output[0]).exists()


def test_an_exit_code_and_the_last_line_of_the_errors_are_told(heard: Heard) -> None:
    end = heard.run("import sys; print('one', file=sys.stderr); print('', file=sys.stderr); sys.exit(3)")
    assert (end.code, end.reason) == (3, "one")
    assert heard.run("import sys; sys.exit('no rows')").reason == "no rows"


def test_of_a_message_of_many_lines_both_ends_are_told_and_of_errors_that_follow_each_other_the_last(
    heard: Heard,
) -> None:
    many = "raise ValueError('no rows\\n<html>\\nat all')"
    assert heard.run(many).reason == "ValueError: no rows … at all"
    assert heard.run(f"try:\n    {many}\nexcept ValueError:\n    raise KeyError(1)").reason == "KeyError: 1"
    caught = (
        f"import sys, traceback\ntry:\n    {many}\nexcept ValueError:\n    traceback.print_exc()\nsys.exit('no rows')"
    )
    assert heard.run(caught).reason == "ValueError: no rows … no rows"


def test_a_signal_is_a_negative_code(heard: Heard) -> None:
    assert heard.run("import os; os.kill(os.getpid(), 9)").code == -signal.SIGKILL


def test_a_timeout_ends_the_script_and_what_it_has_started(heard: Heard) -> None:
    end = heard.run(f"{CHILD}print(p.pid, flush=True); p.wait()", seconds=3.0)
    assert end.code is None
    assert ends(int(heard.output[0]))


def test_a_script_that_never_stops_printing_is_ended_by_its_timeout(heard: Heard) -> None:
    assert heard.run("while True: print('again')", seconds=2.0).code is None
    assert set(heard.output) == {"again"}


def test_a_script_that_closes_its_output_and_goes_on_is_ended_by_its_timeout(heard: Heard) -> None:
    assert heard.run("import os, time; os.close(1); os.close(2); time.sleep(600)", seconds=2.0).code is None


def test_a_script_that_ends_leaves_no_process_behind_that_holds_its_output(heard: Heard) -> None:
    end = heard.run(f"{CHILD}print(p.pid)")
    assert end.code == 0
    assert end.seconds < 30
    assert ends(int(heard.output[0]))


def test_bytes_that_are_no_text_and_a_line_without_an_end_are_told(heard: Heard) -> None:
    heard.run(f"import sys; sys.stdout.buffer.write(b'\\xff' + b'a' * {LONGEST_LINE})")
    assert [len(line) for line in heard.output] == [LONGEST_LINE, 1]
    assert heard.output[0].startswith("\ufffd")


def test_what_the_listener_raises_ends_the_script(heard: Heard) -> None:
    def broken(_stream: Stream, line: str) -> None:
        heard.lines.append(("output", line))
        raise BrokenPipeError

    text = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with pytest.raises(BrokenPipeError):
        run_script("job.py", text.encode(), (), {}, 60.0, broken)
    assert ends(int(heard.output[0]))


CTRL_C: Final = """
import sys
from sandbox.jobs.script_process import run_script

text = b'''
import os, sys, time
try:
    sys.stdin.read()
    print(os.getpid(), flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    open(os.environ["TOLD"], "w").write("interrupted")
'''
try:
    run_script("job.py", text, (), {"TOLD": sys.argv[1]}, 20.0, lambda _, line: print(line, flush=True))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_is_passed_on_to_a_script_which_waits_for_no_input_and_is_gone(tmp_path: Path) -> None:
    told = tmp_path / "told"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CTRL_C, str(told)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        assert process.stdout
        script = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert ends(script)
    assert told.read_text("utf-8") == "interrupted"
