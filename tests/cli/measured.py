"""What `ib measure` says, beside a count of the same rows that shares nothing with it: dictionaries and math.log2."""

import collections
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

IB = sys.argv[1]
ROWS = 400 if os.environ.get("LIBIB_TEST_QUICK") else 4000


def entropy(things, weights=None):
    counts = collections.Counter()
    for thing, weight in zip(things, weights or [1] * len(things)):
        counts[thing] += weight
    total = sum(counts.values())
    return -math.fsum(n / total * math.log2(n / total) for n in counts.values() if n)


def expected(t, y, z=None, weights=None):
    h_t, h_y, h_ty = (entropy(things, weights) for things in (t, y, list(zip(t, y))))
    values = {"H_T": h_t, "H_Y": h_y, "H_TY": h_ty, "H_T_given_Y": h_ty - h_y, "H_Y_given_T": h_ty - h_t,
              "I_TY": h_t + h_y - h_ty}
    if z:
        tz, yz, tyz = (entropy(things, weights) for things in (list(zip(t, z)), list(zip(y, z)), list(zip(t, y, z))))
        values["I_TY_given_Z"] = tz + yz - tyz - entropy(z, weights)
    counts = collections.Counter(t)
    values.update(rows=len(t), distinct=len(counts), singletons=sum(n == 1 for n in counts.values()),
                  labels=len(set(y)))
    return values


def npy(path, descr, shape, data, fortran=False):
    header = repr({"descr": descr, "fortran_order": fortran, "shape": shape}).encode()
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)


def check(what, values, *arguments):
    done = subprocess.run([IB, "measure", *arguments, "--json", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, f"{what}: {done.stderr}"
    found = json.loads(done.stdout)
    for name, value in values.items():
        if isinstance(value, int):
            assert found[name] == value, f"{what}: {name}: expected {value}, got {found[name]}"
        else:
            assert abs(found[name] - value) < 1e-11, f"{what}: {name}: expected {value!r}, got {found[name]!r}"
    print(what, "agrees")


def main():
    random.seed(int(os.environ.get("LIBIB_TEST_SEED", "1")))
    t = [tuple(random.choice((-3, 0, 5, 9)) for _ in range(4)) for _ in range(ROWS)]
    y = [(row[0] + row[1]) % 7 if random.random() < 0.7 else random.randrange(7) for row in t]
    z = [(row[1], random.randrange(2)) for row in t]
    weights = [random.randrange(5) for _ in t]

    with open("t.csv", "w", encoding="ascii") as file:
        file.writelines(",".join(map(str, row)) + "\n" for row in t)
    with open("y.csv", "w", encoding="ascii") as file:
        file.writelines(f"{label}\n" for label in y)
    with open("z.tsv", "w", encoding="ascii") as file:
        file.writelines(f"{a}\t{b}\n" for a, b in z)
    with open("w.csv", "w", encoding="ascii") as file:
        file.writelines(f"{weight}\n" for weight in weights)
    with open("all.csv", "w", encoding="ascii") as file:
        file.write("label;a;b;c;d\n")
        file.writelines(f"{label};" + ";".join(map(str, row)) + "\n" for label, row in zip(y, t))

    check("text", expected(t, y), "t.csv", "--labels", "y.csv")
    check("one table", expected(t, y), "all.csv", "--label-column", "1")
    check("some columns", expected([row[1:3] for row in t], y), "all.csv", "--label-column", "-5", "--columns", "3-4")
    check("given", expected(t, y, z), "t.csv", "--labels", "y.csv", "--given", "z.tsv")
    values = expected(t, y, z, weights)
    check("weights", values, "t.csv", "--labels", "y.csv", "--given", "z.tsv", "--weights", "w.csv")
    kept = [i for i, row in enumerate(t) if 9 not in row]
    check("missing", expected([t[i] for i in kept], [y[i] for i in kept]), "t.csv", "--labels", "y.csv", "--missing", "9")
    many = [random.randrange(-5000, 5000) for _ in t]
    with open("many.csv", "w", encoding="ascii") as file:
        file.writelines(f"{label}\n" for label in many)
    check("many labels", expected(t, many), "t.csv", "--labels", "many.csv")

    columns = [[row[c] for row in t] for c in range(4)]
    flat = [value for row in t for value in row]
    npy("y.npy", "|u1", (ROWS,), bytes(y))
    for descr, code in (("|i1", "b"), ("<i2", "h"), (">i4", "i"), ("<i8", "q"), (">f4", "f"), ("<f8", "d")):
        order = ">" if descr[0] == ">" else "<"
        npy("t.npy", descr, (ROWS, 4), struct.pack(f"{order}{4 * ROWS}{code}", *flat))
        check(f"NPY {descr}", expected(t, y), "t.npy", "--labels", "y.npy")
        npy("t.npy", descr, (ROWS, 4), struct.pack(f"{order}{4 * ROWS}{code}", *(v for c in columns for v in c)), True)
        check(f"NPY {descr}, by columns", expected(t, y), "t.npy", "--labels", "y.npy")

    real = [random.gauss(0, 1) for _ in t]
    npy("real.npy", "<f4", (ROWS,), struct.pack(f"<{ROWS}f", *real))
    real = struct.unpack(f"<{ROWS}f", struct.pack(f"<{ROWS}f", *real))
    low, high = min(real), max(real)
    binned = [min(int((x - low) * 30 / (high - low)), 29) for x in real]
    values = expected(binned, y)
    check("30 bins", values, "real.npy", "--labels", "y.npy", "--bins", "30")


with tempfile.TemporaryDirectory() as folder:
    IB = os.path.abspath(IB)
    os.chdir(folder)
    main()
    os.chdir("/")
