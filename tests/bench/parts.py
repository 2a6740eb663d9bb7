"""Where the time of a whole run goes, by perf, and how far from the peak of the core its parts are."""
import re
import subprocess

import measure
import subjects

TRAINED, ALL, EPOCHS = 3276, subjects.ROWS, 8000
WEIGHTS, INNER = 263, 143  # of all layers, and of all but the first
TANH = 10 + 7 + 5 + 4 + 3
MOST = 16  # functions worth naming
# Part, the functions that it is made of, what it does in an epoch, and whether that is floating-point operations.
PARTS = [
    ("dense, forward", "dense_forward", 2 * WEIGHTS * (TRAINED + ALL), True),
    ("dense, gradient of weights", "dense_backward_weights|weights_strip|bias_gradient", 2 * WEIGHTS * TRAINED,
     True),
    ("dense, gradient of inputs", "dense_backward_inputs", 2 * INNER * TRAINED, True),
    ("tanh and softmax", "activation_forward|softmax_forward", (TANH + 2) * (TRAINED + ALL), False),
]


def shares(b, data):
    """Share of the time by the name of a function, largest first; and the seconds of the run. None without perf."""
    try:
        ran = subprocess.run(["perf", "record", "-o", data, "-q", "--", b.program("network"), "whole", "tanh", "8",
                              str(EPOCHS)], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "-F", "overhead,symbol"], check=True,
                            capture_output=True, text=True).stdout
    lines = re.findall(r"^ +([\d.]+)% +\[[.k]\] (\S+)", report, re.MULTILINE)
    return {name: float(share) / 100 for share, name in reversed(lines)}, measure.numbers(ran.stdout)["whole"]


def parts_of(found, seconds, peak):
    """Lines: part, share of the time, speed."""
    lines = []
    for part, pattern, work, flops in PARTS:
        share = sum(value for name, value in found.items() if re.match(f"({pattern})(\\.|$)", name))
        if share > 0:
            speed = work * EPOCHS / (share * seconds)
            said = f"{1e-9 * speed:.0f} GFLOP/s, {speed / peak:.0%} of the peak"
            lines.append((part, f"{share:.1%}", said if flops else f"{1e9 / speed:.2f} ns each"))
    return lines


def functions_of(found):
    """Lines: function, share of the time; the largest."""
    largest = sorted(found.items(), key=lambda item: -item[1])[:MOST]
    return [(f"`{name}`", f"{share:.1%}") for name, share in largest]


def by_callgrind(b, kept):
    """Instructions instead of time; valgrind has no AVX-512, and takes its time: a short run."""
    subprocess.run(["env", "LIBIB_KERNELS=avx2", "valgrind", "--tool=callgrind", "--quiet",
                    f"--callgrind-out-file={kept}", b.program("network"), "whole", "tanh", "8", "20"], check=True)
    subprocess.run(["callgrind_annotate", kept], check=True)


def profile(b, say):
    """What was found, as a document; None where there is only what callgrind prints."""
    found = shares(b, b.build / "bench-profile.perf")
    if not found:
        say("perf is not installed or may not count: instructions by callgrind")
        by_callgrind(b, b.build / "bench-profile.callgrind")
        return None
    peak = measure.numbers(measure.run([b.program("machine"), 16]).text)["flops"]
    said = f"tanh, 8 bits, {EPOCHS} epochs: {found[1]:.2f} s; peak of the core: {1e-9 * peak:.0f} GFLOP/s"
    return {"what": said, "parts": parts_of(*found, peak), "functions": functions_of(found[0])}
