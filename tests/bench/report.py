"""What was measured, as text, as Markdown, and within docs/performance.md."""
import os
import pathlib
import platform
import subprocess

BEGIN, END = "<!-- {}: written by ./dev bench --docs -->", "<!-- end of {} -->"


def first_line(command, folder=None):
    try:
        text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return text.splitlines()[0].strip() if text.strip() else "unknown"


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def circumstances(program, source, command, turns):
    """What one has to know to measure the same again; program: says what it was built from and with."""
    about = subprocess.run([program, "about"], check=True, capture_output=True, text=True).stdout
    changed = first_line(["git", "status", "--porcelain", "--untracked-files=no"], source) != "unknown"
    return {
        **dict(line.split(" ", 1) for line in about.splitlines()),
        "commit": first_line(["git", "rev-parse", "--short", "HEAD"], source) + (" and changes" if changed else ""),
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.1f}",
        "command": command,
        "turns": turns,
    }


def short(x):
    """Three digits or all, without an exponent."""
    decimals = next((d for d, least in enumerate((100, 10, 1)) if abs(x) >= least), 3)
    return f"{x:.{decimals}f}"


def figures(x):
    return f"{short(x['median'])} ({short(x['low'])} to {short(x['high'])})"


def cells(row):
    """What, figure, yardstick, its figure, ratio."""
    line = [row["what"], f"{figures(row)} {row['unit']}"]
    if "ratio" in row:
        line += [row["yardstick"]["name"], short(row["yardstick"]["median"]), figures(row["ratio"])]
    return line + [""] * (5 - len(line))


HEADS = ["what", "libib", "compared with", "its figure", "ratio"]
NOTE = "Medians (quartiles) of {turns} turns of all programs; a ratio is that within a turn, below 1: libib takes less."


def by_subject(rows):
    found = {}
    for row in rows:
        found.setdefault(row["subject"], []).append(row)
    return found


def text(document):
    lines = [f"{name:9} {value}" for name, value in document["circumstances"].items()]
    lines += ["", NOTE.format(**document["circumstances"])]
    for subject, rows in by_subject(document["rows"]).items():
        table = [[f"== {subject}"] + HEADS[1:]] + [cells(row) for row in rows]
        widths = [max(len(line[i]) for line in table) for i in range(len(HEADS))]
        lines += [""] + ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in table]
    return "\n".join(lines)


def markdown_table(heads, lines):
    rule = ["---"] * len(heads)
    return ["| " + " | ".join(line) + " |" for line in [heads, rule, *lines]]


def markdown(document):
    said = document["circumstances"]
    lines = ["Version {version}, commit {commit}; {machine}; {system}; {compiler}; kernels {kernels}; command "
             "`{command}`.".format(**said), "", NOTE.format(**said)]
    for subject, rows in by_subject(document["rows"]).items():
        lines += ["", f"### {subject.capitalize()}", "", *markdown_table(HEADS, map(cells, rows))]
    return "\n".join(lines)


def profile_markdown(document):
    commit = document["circumstances"]["commit"]
    return "\n".join([f"{document['what']}; commit {commit}.", "",
                      *markdown_table(["part", "share of the time", "speed"], document["parts"]), "",
                      *markdown_table(["function", "share of the time"], document["functions"])])


def write_between(page, name, lines):
    """Puts what was measured in its place in a page."""
    begin, end = BEGIN.format(name), END.format(name)
    before, rest = page.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{lines}\n\n{end}{after}", encoding="utf-8")
