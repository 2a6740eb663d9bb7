"""Kills `ib run` at random moments and resumes it: what is left is what an uninterrupted study leaves, byte for byte.

The first argument is the program. LIBIB_TEST_SEED says which moments; LIBIB_TEST_QUICK asks for few. Speaks TAP.
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
QUICK = bool(os.environ.get("LIBIB_TEST_QUICK"))
SEED = int(os.environ.get("LIBIB_TEST_SEED", "1"))
KILLS = 6 if QUICK else 50
MOST_KILLS = 3 if QUICK else 10  # of one study
PATIENCE = 300  # seconds after which a program that is not killed hangs

# Runs made once, and runs made twice, for bounds of the whole run; some of the latter begin again as bad fits. Float
# networks that are quantised after training, and an estimator.
STUDIES = {
    "plain": "--runs 5 --epochs 300 --seed 3",
    "bins": "--runs 4 --epochs 120 --activation relu --bits 4 --bins 30,7 --bounds global,layer --schedule log:8"
            " --bad-fit restart --bad-epoch 40 --bad-accuracy 0.6 --seed 5",
    "plugs": "--runs 3 --epochs 120 --bits 32 --post-bits 8,3 --post-weights 6 --estimators edge --schedule log:1"
             " --seed 9",
}
if QUICK:
    STUDIES = {name: words.replace("300", "30").replace("120", "44") for name, words in STUDIES.items()}

tests = 0


def ok(good, what):
    global tests
    tests += 1
    print(f"{'ok' if good else 'not ok'} {tests} - {what}", flush=True)
    return good


def start(words):
    """The program, which runs on."""
    return subprocess.Popen([PROGRAM, "run", "--threads", "2", "--checkpoint", "0.05", "--no-figures", *words],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(program):
    """Its status, and what it said."""
    _, said = program.communicate(timeout=PATIENCE)
    return program.returncode, said.decode()


def words_for(folder, asked):
    """To go on with a study, or to begin one: it may have been killed before it was any."""
    if (folder / "settings.txt").exists():
        return ["--resume", str(folder)]
    return ["--out", str(folder), *asked.split()]


def contents(folder):
    """All files that a study leaves but its lock, by their names in the folder."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"}


def runs_are_kept(folder, expected):
    """After a kill: what is finished is what it should be."""
    return all(expected.get(f"runs/{path.name}") == path.read_bytes() for path in folder.glob("runs/*.run"))


class Killer:
    """Kills programs, so many in all, at moments spread over the time that a study takes."""

    def __init__(self):
        self.left = KILLS
        self.random = random.Random(SEED)

    def lets_live(self, program, duration):
        """Waits for a moment, and kills. Whether the program had ended before."""
        try:
            program.wait(timeout=self.random.uniform(0, 0.7 * duration))
            return True
        except subprocess.TimeoutExpired:
            program.send_signal(signal.SIGKILL)
            self.left -= 1
            return False


def study_with_kills(killer, folder, asked, expected, duration):
    """A study that is killed and resumed until it is finished. Whether all went well."""
    for times in range(MOST_KILLS + 1):
        program = start(words_for(folder, asked))
        if not killer.left or times == MOST_KILLS or killer.lets_live(program, duration):
            break
        finish(program)
        if not runs_are_kept(folder, expected):
            return ok(False, "finished runs are as they should be after a kill")
    status, said = finish(program)
    found = contents(folder)
    for name in sorted(set(found) | set(expected)):
        if found.get(name) != expected.get(name):
            print(f"# {name} differs")
    if status or found != expected:
        print(f"# status {status}: {said}")
    return status == 0 and found == expected


def main():
    killer = Killer()
    print(f"# LIBIB_TEST_SEED={SEED}")
    with tempfile.TemporaryDirectory() as work:
        references = {}
        for name, asked in STUDIES.items():
            folder = pathlib.Path(work) / name
            began = time.monotonic()
            status, said = finish(start(words_for(folder, asked)))
            ok(status == 0, f"{name}: uninterrupted {said if status else ''}")
            references[name] = (contents(folder), time.monotonic() - began)
        number = 0
        good = True
        while killer.left and good:
            for name, asked in STUDIES.items():
                expected, duration = references[name]
                number += 1
                before = killer.left
                good &= study_with_kills(killer, pathlib.Path(work) / f"{name}-{number}", asked, expected, duration)
                ok(good, f"{name}: killed {before - killer.left} times, the same bytes")
        ok(killer.left == 0, f"{KILLS} kills")
    print(f"1..{tests}")


main()
