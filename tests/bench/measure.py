"""Running programs and taking turns: one turn runs every job once, so that what is compared was measured side by side,
and ratios are taken within a turn. Times drift on shared machines by a third; ratios hold."""
import dataclasses
import math
import os
import statistics
import subprocess
import sys
import time


SLOW_TURNS = 3


@dataclasses.dataclass
class Done:
    """What a program printed and took."""

    text: str
    wall: float  # seconds
    cpu: float  # seconds of all its threads, in and for the program


def one_core():
    """Pins a child to one core, so that it is not moved about."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run(command, env=None, pin=True):
    """Runs a program to its end; one that fails ends the measurement."""
    start = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                             env={**os.environ, **(env or {})}, preexec_fn=one_core if pin else None)
    text = child.stdout.read()
    child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: failed with {child.returncode}: {' '.join(map(str, command))}")
    return Done(text, time.perf_counter() - start, usage.ru_utime + usage.ru_stime)


def numbers(text):
    """Lines "NAME VALUE" as a dictionary."""
    return {name: float(value) for name, value in (line.split() for line in text.splitlines())}


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the report: what was measured, and what it is compared with, both by the names of their samples."""

    subject: str
    what: str
    unit: str
    scale: float  # from seconds, bytes, ... to the unit
    ours: str
    yardstick: str = ""
    theirs: str = ""


@dataclasses.dataclass
class Plan:
    """Jobs, each a function that returns samples by name, and the rows that are made of them. A slow job takes part in
    the first turns only."""

    jobs: dict = dataclasses.field(default_factory=dict)
    rows: list = dataclasses.field(default_factory=list)

    def job(self, name, function, slow=False):
        """Adds a job, once."""
        self.jobs.setdefault(name, (function, SLOW_TURNS if slow else math.inf))

    def take_turns(self, turns, say):
        """All samples by name, in the order of turns."""
        samples = {}
        for turn in range(1, turns + 1):
            for name, (function, most) in self.jobs.items():
                if turn > most:
                    continue
                say(f"turn {turn} of {turns}: {name}")
                for key, value in function().items():
                    samples.setdefault(key, []).append(value)
        return samples


def spread(values):
    """Median and quartiles."""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": statistics.median(values), "low": low, "high": high, "n": len(values)}


def result(row, samples):
    """A row with its figures, ready for JSON."""
    ours = [row.scale * value for value in samples[row.ours]]
    found = {"subject": row.subject, "what": row.what, "unit": row.unit, **spread(ours)}
    if row.theirs:
        theirs = [row.scale * value for value in samples[row.theirs]]
        found["yardstick"] = {"name": row.yardstick, **spread(theirs)}
        found["ratio"] = spread([a / b for a, b in zip(ours, theirs)])
    return found
