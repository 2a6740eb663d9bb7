"""How cost grows with the size of the work: curves, measured point by point and drawn by growth.gp."""
import os
import pathlib
import shutil
import subprocess

import measure
import subjects

BYTES_OF_A_ROW = 650  # inputs, values and codes of all layers, and counters, as measured
NS, MS, GFLOPS = ("ns per row", 1e9), ("ms", 1e3), ("GFLOP/s", 1e-9)


def available_bytes():
    """Memory that can be had without swapping."""
    try:
        lines = pathlib.Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 2**31
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), 2**31)


class Curves:
    """Collects points: series "CURVE, NAME" at a size, the median of a few turns."""

    def __init__(self, turns, say):
        self.turns, self.say, self.points = turns, say, []

    def point(self, curve, size, job, series):
        """series: sample -> (name, unit, scale)."""
        plan = measure.Plan()
        plan.job(f"{curve}, {size}", job)
        samples = plan.take_turns(self.turns, self.say)
        for sample, (name, unit, scale) in series.items():
            found = measure.spread([scale * value for value in samples[sample]])
            self.points.append({"curve": curve, "series": name, "unit": unit, "size": size, **found})


def counting_rows(b, curves, largest):
    for k in range(10, largest + 1):
        rows = 2**k
        for name, pool in [("half distinct", rows * 5 // 8), ("at most 1000 distinct", 1000)]:
            folder = subjects.make_case(b, ("growth", rows, 10, pool))

            def job():
                found = measure.numbers(measure.run([b.program("counting"), "count", folder]).text)
                return {"count": found["count"] / rows}
            curves.point("counting", rows, job, {"count": (name, *NS)})
            shutil.rmtree(folder)


def at(b, curve, size):
    return measure.numbers(measure.run([b.program("growth"), curve, size]).text)


def network_rows(b, curves, largest):
    for rows in (2**k for k in range(10, largest + 1)):
        if rows * BYTES_OF_A_ROW > available_bytes() * 0.6:
            curves.say(f"no memory for {rows} rows: left out")
            break

        def job():
            return {name: value / rows for name, value in at(b, "rows", rows).items()}
        curves.point("rows", rows, job, {"evaluate": ("evaluate", *NS), "measure": ("measure all layers", *NS)})


def simple(b, curves, curve, sizes, series):
    for size in sizes:
        curves.point(curve, size, lambda: at(b, curve, size), series)


def threads(b, curves):
    if not b.ib.exists():
        return
    each, epochs = (1, 1) if b.quick else (4, 1000)
    for n in subjects.core_counts():
        def job():
            alone = subjects.ib_run(b, "tanh", each, epochs, 1).wall
            return {"speed": n * alone / subjects.ib_run(b, "tanh", each * n, epochs, n).wall}
        curves.point("threads", n, job, {"speed": ("runs side by side", "times one thread", 1)})


def measure_all(b, turns, say):
    """All curves; tiny ones if b.quick."""
    curves = Curves(turns, say)
    counting_rows(b, curves, 10 if b.quick else 24)
    network_rows(b, curves, 10 if b.quick else 24)
    simple(b, curves, "width", [8] if b.quick else [2**k for k in range(11)],
           {"step": ("step", *MS), "flops": ("matrix work", *GFLOPS)})
    simple(b, curves, "layers", [2] if b.quick else [1, 2, 4, 6, 8, 12, 16, 24, 32], {"train": ("train", *MS)})
    simple(b, curves, "bits", [8] if b.quick else range(1, 17),
           {name: (name, *MS) for name in ("train", "evaluate", "measure")})
    threads(b, curves)
    return curves.points


def write_csv(points, path):
    names = ["curve", "series", "unit", "size", "median", "low", "high", "n"]
    lines = [",".join(names)] + [",".join(f"{p[name]:.6g}" if isinstance(p[name], float) else str(p[name])
                                          for name in names) for p in points]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def draw(points, script, data, picture):
    """Blocks of data, one for each series, named so that gnuplot finds them."""
    blocks = {}
    for p in points:
        line = f"{p['size']} {p['median']} {p['low']} {p['high']}"
        blocks.setdefault(f"{p['curve']}: {p['series']}", []).append(line)
    data.write_text("\n\n\n".join("\n".join([f"# {name}", *lines]) for name, lines in blocks.items()) + "\n",
                    encoding="utf-8")
    subprocess.run(["gnuplot", "-e", f"data = '{os.fspath(data)}'", script], check=True, stdout=picture.open("wb"))
