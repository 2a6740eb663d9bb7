"""What is measured, and against what."""
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import measure
from measure import Row

SETTINGS = [("tanh", 32, "tanh float"), ("tanh", 8, "tanh 8-bit"), ("relu", 8, "ReLU 8-bit")]
ROWS, LAYERS = 4096, 6
# Inputs and outputs of dense layers, for batches of 256 rows.
SHAPES = [(12, 10), (32, 32), (64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (784, 1024)]
# Multiplications of an epoch: forward and gradient of weights in all layers, gradient of inputs in all but the first.
EPOCH_FLOPS = 2 * 3276 * (2 * 263 + 143)
# Name, rows, columns, size of the pool they are drawn from; 10 labels.
CASES = [("4096 x 10", 4096, 10, 4096), ("4096 x 3", 4096, 3, 1024), ("1e6 x 10", 1000000, 10, 627500),
         ("1e7 x 4", 10000000, 4, 100000)]
QUICK_CASES = [("4096 x 10", 4096, 10, 4096), ("500 x 3", 500, 3, 100)]
# The ways of the yardstick that are best somewhere.
COUNTING_WAYS = ["c_packed_key", "c_packed_key_prefetch", "c_radix_lsd", "c_partition_hash"]
MI, MB = 1e9 / (LAYERS * ROWS), 1e-6


@dataclasses.dataclass
class Bench:
    """Where things are, and how much of everything is done."""

    build: pathlib.Path
    yardsticks: pathlib.Path
    work: pathlib.Path  # for files that do not stay
    quick: bool
    plan: measure.Plan

    def program(self, name):
        return self.build / "tests/bench" / f"bench_{name}"

    @property
    def blas(self):
        """Whether the program for dense layers was built with a BLAS to compare with."""
        with_one = measure.numbers(measure.run([self.program("dense"), 2, 2], {"BENCH_QUICK": "1"}).text)
        return "blas.forward" in with_one

    @property
    def ib(self):
        return self.build / "src/cli/ib"

    def yardstick(self, name, source, *flags):
        """A rough program built from where such programs lie beside the sources, or None."""
        path = self.work / name
        if self.quick or not (self.yardsticks / source).is_file():
            return None
        if not path.exists():
            subprocess.run([os.environ.get("CC", "cc"), "-O3", "-ffp-contract=off", *flags, self.yardsticks / source,
                            "-o", path, "-lm", "-lpthread"], check=True, stderr=subprocess.DEVNULL)
        return path

    def add(self, *row):
        self.plan.rows.append(Row(*row))


def prefixed(prefix, values):
    return {prefix + name: value for name, value in values.items()}


NATIVE = ("-march=native", "-mprefer-vector-width=512")


def machine(b):
    size = 1 if b.quick else 256
    b.plan.job("machine", lambda: prefixed("machine.", measure.numbers(measure.run([b.program("machine"), size]).text)))
    b.add("machine", "fused multiply-adds of one core", "GFLOP/s", 1e-9, "machine.flops")
    b.add("machine", "copy, read and written", "GB/s", 1e-9, "machine.copy")
    b.add("machine", "triad, read and written", "GB/s", 1e-9, "machine.triad")


def epoch_job(b, name, activation, bits, env=None):
    """Samples NAME.train, NAME.evaluate, NAME.pass and NAME.rate."""
    epochs = 2 if b.quick else 200

    def job():
        found = measure.numbers(measure.run([b.program("network"), "epoch", activation, bits, epochs], env).text)
        return prefixed(name + ".", {**found, "rate": EPOCH_FLOPS / found["train"]})
    b.plan.job(name, job)


def floor_job(b, name, program, activation, bits):
    """Samples NAME.train and NAME.evaluate of a rough network with the same work."""
    words = [program, "bench"] + ["relu"] * (activation == "relu") + ["quant"] * (bits == 8)

    def job():
        text = measure.run(words).text
        train, evaluate = re.search(r"train epoch ([\d.]+) us.*eval 4096 ([\d.]+) us", text).groups()
        return prefixed(name + ".", {"train": 1e-6 * float(train), "evaluate": 1e-6 * float(evaluate)})
    b.plan.job(name, job)


def network(b):
    floor = b.yardstick("floor", "floor.c", *NATIVE)
    for activation, bits, setting in SETTINGS:
        ours, theirs = f"{activation}{bits}", f"floor.{activation}{bits}"
        epoch_job(b, ours, activation, bits)
        if floor:
            floor_job(b, theirs, floor, activation, bits)
        for part, what in [("train", "training epoch"), ("evaluate", "full evaluation, 4096 rows, all layers"),
                           ("pass", "the same within a run, and losses")]:
            compare = ("floor bench", f"{theirs}.{'train' if part == 'train' else 'evaluate'}") if floor else ()
            b.add("network", f"{what}, {setting}", "ms", 1e3, f"{ours}.{part}", *compare)
    machine(b)
    b.add("network", "matrix work of a training epoch, tanh float", "GFLOP/s", 1e-9, "tanh32.rate",
          "peak of the core", "machine.flops")


def available_kernels(b):
    """The sets of kernels that this build and CPU have, fastest first."""
    def works(name):
        probe = subprocess.run([b.program("network"), "epoch", "tanh", "8", "1"], check=False, capture_output=True,
                               env={**os.environ, "BENCH_QUICK": "1", "LIBIB_KERNELS": name})
        return probe.returncode == 0
    return [name for name in ("avx512", "avx2", "portable") if works(name)]


def kernels(b):
    builds = {"avx2": ("floor_v3", "-march=x86-64-v3"), "portable": ("floor_plain", "-march=x86-64")}
    names = available_kernels(b)
    for name in names:
        for activation, bits, setting in SETTINGS[:2]:
            ours, best = (f"{k}.{activation}{bits}" for k in (name, names[0]))
            epoch_job(b, ours, activation, bits, {"LIBIB_KERNELS": name})
            for part, what in [("train", "training epoch"), ("evaluate", "full evaluation")]:
                if name != names[0]:
                    b.add("kernels", f"{what}, {setting}, {name}", "ms", 1e3, f"{ours}.{part}",
                          f"kernels {names[0]}", f"{best}.{part}")
        floor = b.yardstick(*(builds[name][0], "floor.c", builds[name][1])) if name in builds else None
        if floor:
            floor_job(b, f"{floor.name}.tanh32", floor, "tanh", 32)
            b.add("kernels", f"training epoch, tanh float, {name}", "ms", 1e3, f"{name}.tanh32.train",
                  f"floor bench, {builds[name][1]}", f"{floor.name}.tanh32.train")


def dense(b):
    """The products of one layer, small to large: from 256 on matrices no longer stay in the first cache."""
    blas = b.blas
    products = [("forward", "outputs"), ("inputs", "gradient of inputs"), ("weights", "gradient of weights")]
    for inputs, outputs in SHAPES[:1] if b.quick else SHAPES:
        name = f"dense.{inputs}x{outputs}"

        def job(name=name, inputs=inputs, outputs=outputs):
            return prefixed(name + ".", measure.numbers(measure.run([b.program("dense"), inputs, outputs]).text))
        b.plan.job(name, job)
        for product, what in products:
            compare = ("OpenBLAS", f"{name}.blas.{product}") if blas else ()
            b.add("dense layer", f"{inputs} to {outputs}, {what}", "us", 1e6, f"{name}.{product}", *compare)


def ib_run(b, activation, runs, epochs, threads, starter=()):
    """The program `ib`, pictures left out, in a folder that does not stay; starter: what starts it, if not this."""
    folder = tempfile.mkdtemp(dir=b.work)
    try:
        return measure.run([*starter, b.ib, "run", "--activation", activation, "--bits", 8, "--runs", runs,
                            "--epochs", epochs, "--threads", threads, "--no-figures", "--quiet", "--out", folder],
                           pin=threads == 1)
    finally:
        shutil.rmtree(folder)


def mi_proto_job(b, program, activation):
    words = [program, "quant"] + ["relu"] * (activation == "relu")

    def job():
        counting, total = re.search(r"layers ([\d.]+) s .* total ([\d.]+) s CPU", measure.run(words).text).groups()
        return prefixed(f"mi_proto.{activation}.", {"whole": float(total), "measure": float(counting)})
    b.plan.job(f"mi_proto.{activation}", job)


def whole(b):
    epochs = 2 if b.quick else 8000
    proto = b.yardstick("mi_proto", "mi_proto.c", *NATIVE, "-DVERIFY")
    for activation, bits, setting in SETTINGS[1:]:
        library, program, theirs = f"whole.{activation}", f"ib.{activation}", f"mi_proto.{activation}"
        b.plan.job(library, lambda a=activation, bits=bits, name=library: prefixed(name + ".", measure.numbers(
            measure.run([b.program("network"), "whole", a, bits, epochs]).text)))
        if proto:
            mi_proto_job(b, proto, activation)
        compare = ("mi_proto", f"{theirs}.measure") if proto else ()
        b.add("whole run", f"exact MI of a row in a layer, {setting}", "ns", MI / epochs, f"{library}.measure",
              *compare)
        compare = ("mi_proto", f"{theirs}.whole") if proto else ()
        b.add("whole run", f"{epochs} epochs by the library, {setting}", "s", 1, f"{library}.whole", *compare)
        if b.ib.exists():
            b.plan.job(program, lambda a=activation, name=program: {
                f"{name}.whole": ib_run(b, a, 1, epochs, 1).cpu})
            b.add("whole run", f"{epochs} epochs by ib run, {setting}", "s", 1, f"{program}.whole", *compare)


def core_counts():
    """1, 2, 4, ... and all cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return sorted({2**k for k in range(cores.bit_length())} | {cores})


def threads(b):
    if not b.ib.exists():
        return
    each, epochs = (1, 2) if b.quick else (4, 1000)
    cores = core_counts()[-1]
    for n in core_counts()[1:]:
        # Against the same number of runs one after the other, which take n times as long as the first few do.
        def job(n=n):
            alone = ib_run(b, "tanh", each, epochs, 1).wall
            return {f"threads.{n}": ib_run(b, "tanh", each * n, epochs, n).wall, f"threads.{n}.alone": n * alone}
        b.plan.job(f"threads.{n}", job)
        b.add("threads", f"{each * n} runs of {epochs} epochs on {n} of {cores} cores, wall time", "s", 1,
              f"threads.{n}", "one after the other", f"threads.{n}.alone")


class Agreement:
    """All ways to count must find the same: to 1e-12 bits, or as many digits as a way prints."""

    def __init__(self):
        self.found = {}

    def check(self, case, distinct, mutual=None, tolerance=1e-12):
        """The library is first; some only say how many distinct rows there are."""
        known = self.found.setdefault(case, (distinct, mutual))
        if known[0] != distinct or (mutual is not None and abs(known[1] - mutual) > tolerance):
            raise SystemExit(f"bench: counts of {case} differ: {known} and {(distinct, mutual)}")


def make_case(b, case):
    name, rows, columns, pool = case
    folder = b.work / name.replace(" ", "")
    folder.mkdir(exist_ok=True)
    measure.run([b.program("counting"), "make", folder, rows, columns, pool, 10])
    return folder


def own_count_job(b, way, case, folder, agreement):
    def job():
        found = measure.numbers(measure.run([b.program("counting"), way, folder]).text)
        # A program that adds up ten million doubles one by one loses a few digits.
        agreement.check(case[0], found["distinct"], found["mutual"], 1e-9 if way == "sort" else 1e-12)
        return {f"{way}.{case[0]}": found[way] / case[1]}
    b.plan.job(f"{way} {case[0]}", job, slow=way == "sort" and case[1] > ROWS)


def yardstick_count_job(b, program, case, folder, agreement):
    turns = 1 if case[1] > 2000000 else 3

    def job():
        best = {}
        for way in COUNTING_WAYS:
            text = measure.run([program, folder, turns, way], {"MI_CLOCK": "cpu"}).text
            distinct, mutual, median = re.search(r"distinct=(\d+).* I=([\d.]+) .*med=([\d.]+)", text).groups()
            agreement.check(case[0], float(distinct), float(mutual), 1e-9)
            best[way] = 1e-9 * float(median)
        return {f"{way}.{case[0]}": value for way, value in best.items()}
    b.plan.job(f"yardstick {case[0]}", job)


def counting(b):
    """The best way of the yardstick is known when all have been measured: see choose_best()."""
    agreement = Agreement()
    program = b.yardstick("counting", "counting.c", *NATIVE)
    machine(b)
    for case in QUICK_CASES if b.quick else CASES:
        folder = make_case(b, case)
        own_count_job(b, "count", case, folder, agreement)
        if program:
            yardstick_count_job(b, program, case, folder, agreement)
        own_count_job(b, "again", case, folder, agreement)
        own_count_job(b, "sort", case, folder, agreement)
        row = ("counting", case[0], "ns per row", 1e9, f"count.{case[0]}")
        if program:
            b.add(*row, "counting.c, its best way", f"best.{case[0]}")
        b.add("counting", f"{case[0]}, counter used again", "ns per row", 1e9, f"again.{case[0]}", *(
            ("counting.c, its best way", f"best.{case[0]}") if program else ()))
        b.add(*row, "qsort of row numbers", f"sort.{case[0]}")
        peers(b, case, folder, row, agreement)
        if case[1] > ROWS:
            b.add(*row, "one read at the speed of triad", f"read.{case[0]}")


def derive(samples):
    """Samples that are made of others: the best way of the yardstick, and what reading alone would take."""
    for name, rows, columns, _ in CASES:
        ways = [samples[f"{way}.{name}"] for way in COUNTING_WAYS if f"{way}.{name}" in samples]
        if ways:
            samples[f"best.{name}"] = min(ways, key=lambda values: measure.spread(values)["median"])
        if rows > ROWS and "machine.triad" in samples:
            samples[f"read.{name}"] = [(columns + 4) / speed for speed in samples["machine.triad"]]


def peer_modules():
    """The Python that has such packages, and which of them: Debian's, before the one that runs this."""
    names = "'numpy', 'pandas', 'sklearn', 'torch'"
    script = f"import importlib.util as u; print(*(m for m in ({names}) if u.find_spec(m)))"
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and os.path.exists(python):
            found = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout.split()
            if found:
                return python, found
    return None, []


def peer(python, what, where):
    """What peers.py prints."""
    script = pathlib.Path(__file__).with_name("peers.py")
    alone = {variable: "1" for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    return measure.numbers(measure.run([python, script, what, where], alone).text)


def peers(b, case, folder, row, agreement):
    """np.unique() sorts: ten million rows take it longer than everything else here, so that it does so once only."""
    python, modules = peer_modules()
    ways = [("numpy", "counts", "one call of np.unique(axis=0, return_counts=True)", 10**9),
            ("numpy", "unique", "np.unique(axis=0), then all three", 2000000),
            ("pandas", "factorize", "pandas factorize", 10**9),
            ("sklearn", "sklearn", "scikit-learn after np.unique", 2000000)]
    for module, way, name, most in ways:
        if module not in modules or case[1] > most:
            continue

        def job(way=way):
            found = peer(python, way, folder)
            agreement.check(case[0], found["distinct"], found.get("mutual"))
            return {f"{way}.{case[0]}": found[way] / case[1]}
        b.plan.job(f"{way}.{case[0]}", job, case[1] > ROWS)
        b.add(*row, name, f"{way}.{case[0]}")


# Name, rows, size of the pool they are drawn from, permutations; 10 labels.
PERMUTED = [("4096 rows, 1006 distinct", 4096, 1020, 1000), ("4096 rows, 2578 distinct", 4096, 4060, 1000),
            ("1e6 rows, 499726 distinct", 1000000, 627000, 100)]


def significance(b):
    """A permutation test, against a plain one of the same program, and against NumPy doing the same work."""
    python, modules = peer_modules()
    for name, rows, pool, permutations in [("300 rows", 300, 100, 20)] if b.quick else PERMUTED:
        sample = f"permute.{rows}.{pool}"

        def job(sample=sample, rows=rows, pool=pool, permutations=permutations):
            found = measure.numbers(measure.run([b.program("permutation"), rows, pool, 10, permutations]).text)
            return {sample: found["permute_ns"], f"plain.{sample}": found["plain_ns"]}
        b.plan.job(sample, job)
        row = ("significance", f"permutation test, {name}", "ns per row and permutation", 1, sample)
        b.add(*row, "shuffle and recount, in C", f"plain.{sample}")
        if "pandas" in modules:  # which numbers the rows
            folder = make_case(b, (f"permuted {name}", rows, 10, pool))

            def shuffle(sample=sample, rows=rows, folder=folder):
                return {f"numpy.{sample}": 1e9 * peer(python, "shuffle", folder)["shuffle"] / rows}
            b.plan.job(f"numpy.{sample}", shuffle)
            b.add(*row, "shuffle and bincount, NumPy", f"numpy.{sample}")


def training_peers(b):
    epoch_job(b, "tanh32", "tanh", 32)
    row = ("peers", "training epoch, tanh float", "ms", 1e3, "tanh32.train")
    if b.program("fann").exists():
        b.plan.job("fann", lambda: prefixed("fann.", measure.numbers(measure.run([b.program("fann")]).text)))
        b.add(*row, "FANN, batch RPROP", "fann.train")
    python, modules = peer_modules()
    if "torch" in modules and not b.quick:
        b.plan.job("torch", lambda: {"torch.train": peer(python, "torch", "eager")["torch"]})
        b.add(*row, "PyTorch, eager", "torch.train")


def memory(b):
    def held(done):
        return measure.numbers(done.text)["memory"]

    starter = [b.program("memory")]
    if b.ib.exists():
        epochs = 2 if b.quick else 8000
        b.plan.job("memory.ib", lambda: {"memory.ib": held(ib_run(b, "tanh", 1, epochs, 1, starter))})
        b.add("memory", f"one ib run of {epochs} epochs, most held", "MB", MB, "memory.ib")
    for name, rows, columns, pool in QUICK_CASES[:1] if b.quick else CASES[2:]:
        folder = make_case(b, (name, rows, columns, pool))

        def job(name=name, data=rows * (columns + 4), folder=folder):
            none, count = (held(measure.run([*starter, b.program("counting"), way, folder], {"BENCH_QUICK": "1"}))
                           for way in ("none", "count"))
            return {f"memory.{name}": data + count - none, f"input.{name}": data}
        b.plan.job(f"memory {name}", job)
        b.add("memory", f"counting {name}, its input included", "MB", MB, f"memory.{name}", "codes and labels",
              f"input.{name}")


ALL = {"network": network, "whole": whole, "threads": threads, "counting": counting, "significance": significance,
       "kernels": kernels, "dense": dense, "peers": training_peers, "memory": memory, "machine": machine}
