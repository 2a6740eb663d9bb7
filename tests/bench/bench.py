"""Measures speed; see arguments(). Programs print their times, this lets them take turns with what they are compared
with and makes the report: text on standard output, and JSON in the folder of the build."""
import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

import growth
import measure
import parts
import report
import subjects

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures speed, and says what it is to be "
                                     "compared with. A full set takes some minutes; times are CPU times of one thread.")
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"some of {', '.join(subjects.ALL)} [all]")
    parser.add_argument("--turns", type=int, help="how often everything is measured [9, curves 3]")
    parser.add_argument("--growth", action="store_true", help="instead: how cost grows with sizes (long)")
    parser.add_argument("--profile", action="store_true", help="instead: where the time of a whole run goes")
    parser.add_argument("--markdown", action="store_true", help="instead: what was measured last, as Markdown")
    parser.add_argument("--docs", action="store_true", help="instead: put that, and the curves, in docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all of it works")
    parser.add_argument("--yardsticks", type=pathlib.Path, default=SOURCE.parent / "shared/yardstick", metavar="DIR",
                        help="folder of rough programs to compare with, left out where absent")
    given = parser.parse_intermixed_args()
    unknown = [name for name in given.subjects if name not in subjects.ALL]
    if unknown:
        parser.error(f"no such subject: {' '.join(unknown)}; there are {', '.join(subjects.ALL)}")
    if given.turns is not None and given.turns < 1:
        parser.error("--turns: expected 1 or more")
    given.build = given.build.resolve()
    return given


def say(message):
    print(message, file=sys.stderr, flush=True)


def about(given, b, turns):
    """The circumstances of a measurement."""
    words = [word for word in sys.argv[1:] if pathlib.Path(word).resolve() != given.build]
    return report.circumstances(b.program("network"), SOURCE, " ".join(["./dev bench", *words]), turns)


def write_json(path, document):
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"\n{path}")


def measure_subjects(given, b):
    turns = given.turns or (1 if given.quick else 9)
    document = {"circumstances": about(given, b, turns)}
    for name in given.subjects or subjects.ALL:
        subjects.ALL[name](b)
    samples = b.plan.take_turns(turns, say)
    subjects.derive(samples)
    document["rows"] = [measure.result(row, samples) for row in dict.fromkeys(b.plan.rows)]
    print(report.text(document))
    write_json(given.build / ("bench-quick.json" if given.quick else "bench.json"), document)


def measure_growth(given, b):
    turns = given.turns or (1 if given.quick else 3)
    document = {"circumstances": about(given, b, turns)}
    document["points"] = growth.measure_all(b, turns, say)
    stem = given.build / ("bench-growth-quick" if given.quick else "bench-growth")
    csv, data, picture = (stem.with_suffix(end) for end in (".csv", ".dat", ".png"))
    growth.write_csv(document["points"], csv)
    print(csv.read_text(encoding="utf-8"), end="")
    if shutil.which("gnuplot"):
        growth.draw(document["points"], pathlib.Path(__file__).with_name("growth.gp"), data, picture)
        print(f"\n{picture}")
    write_json(stem.with_suffix(".json"), document)


def measure_profile(given, b):
    found = parts.profile(b, say)
    if found:
        document = {"circumstances": about(given, b, 1), **found}
        print(report.profile_markdown(document))
        write_json(given.build / "bench-profile.json", document)


def last(given, name):
    path = given.build / name
    if not path.is_file():
        sys.exit(f"bench: {path} is not there: measure first")
    return json.loads(path.read_text(encoding="utf-8"))


def write_docs(given):
    page, picture = SOURCE / "docs/performance.md", given.build / "bench-growth.png"
    report.write_between(page, "tables", report.markdown(last(given, "bench.json")))
    if (given.build / "bench-profile.json").is_file():
        report.write_between(page, "profile", report.profile_markdown(last(given, "bench-profile.json")))
    if picture.is_file():
        shutil.copy(picture, page.parent / "images/growth.png")
    print(page)


def main():
    given = arguments()
    if given.markdown:
        print(report.markdown(last(given, "bench.json")))
    elif given.docs:
        write_docs(given)
    else:
        if given.quick:
            os.environ["BENCH_QUICK"] = "1" # for the programs: see bench.h
        with tempfile.TemporaryDirectory() as work:
            b = subjects.Bench(given.build, given.yardsticks, pathlib.Path(work), given.quick, measure.Plan())
            if given.profile:
                measure_profile(given, b)
            else:
                (measure_growth if given.growth else measure_subjects)(given, b)


main()
