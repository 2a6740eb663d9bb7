#!/bin/sh
# Folders that cannot be used, full disks, and being stopped: one line, the right status, finished runs kept.
. "$(dirname "$0")/support.sh"

refused() {
    folder=$1
    says "$2" 1 "ib run: $folder: $3" run --runs 1 --epochs 1 --no-figures --out "$folder"
}

mkdir "$work/full"
echo precious >"$work/full/.notes"
refused "$work/full" 'folder that is not empty' 'is not empty; results are written to a folder of their own'
ok 'folder that is not empty: untouched' test "$(cat "$work/full/.notes")" = precious -a "$(ls -A "$work/full")" = .notes
echo precious >"$work/file"
refused "$work/file" 'a file for a folder' 'Not a directory'
refused "$work/file/out" 'a file for a parent' 'Not a directory'
refused "$work/no/out" 'no parent' 'No such file or directory; its parent folder must exist'
if [ "$(id -u)" -ne 0 ]; then
    mkdir "$work/locked"
    chmod 500 "$work/locked"
    refused "$work/locked/out" 'parent that cannot be written' 'Permission denied'
    says 'folder that cannot be written' 1 "ib run: $work/locked/settings.txt: Permission denied" \
        run --runs 1 --epochs 1 --no-figures --out "$work/locked"
elif [ -d /proc/self ]; then
    refused /proc/libib 'parent that cannot be written' 'No such file or directory; its parent folder must exist'
fi
mkdir "$work/empty"
run run --quiet --runs 1 --epochs 1 --no-figures --out "$work/empty"
ok 'an empty folder is used' test "$status" -eq 0 -a -s "$work/empty/points.csv"

# whole_runs NAME EPOCHS: both files hold the same runs, all of them whole.
whole_runs() {
    awk -F, -v e="$2" 'FNR == 1 { file++; next } { n[file, $1]++; if (runs[file] <= $1) runs[file] = $1 + 1 }
        END { if (runs[1] != runs[2]) exit 1
              for (r = 0; r < runs[1]; r++) if (n[1, r] != 6 * (e + 1) || n[2, r] != e + 1) exit 1
              print runs[1] + 0 }' "$work/$1/points.csv" "$work/$1/training.csv"
}

# labelled NAME: what there is of results.nc, under whichever name.
labelled() {
    (cd "$work/$1" && find . -name 'results*')
}
labels=
[ "$writes_results" = no ] || labels=./results.nc

# A file that may not grow is a disk that is full. 128 KiB hold several runs of two epochs. The largest file, and the
# first to fail, is results.nc; a part of it is worth nothing.
status=0
(ulimit -f 256 && exec "$ib" run --runs 100000 --epochs 2 --no-figures --out "$work/disk") >"$work/stdout" \
    2>"$work/stderr" || status=$?
ok 'full disk: status' test "$status" -eq 1
full='points.csv: File too large'
[ "$writes_results" = no ] || full='results.nc: NetCDF: HDF error (File too large)'
ok 'full disk: one line, first' test "$(sed -n 1p "$work/stderr")" = "ib run: $work/disk/$full"
ok 'full disk: no part of results.nc' test -z "$(labelled disk)"
runs=$(whole_runs disk 2)
ok 'full disk: only whole runs are left' test "${runs:-0}" -ge 3
ok 'full disk: the table is of these' grep -q "mean of $runs runs" "$work/disk/summary.txt"

if [ -c /dev/full ]; then
    status=0
    "$ib" run --runs 1 --epochs 1 --no-figures --out "$work/stdout-full" >/dev/full 2>"$work/stderr" || status=$?
    ok 'full standard output: status' test "$status" -eq 1
    ok 'full standard output: said' grep -q '^ib run: standard output: No space left on device$' "$work/stderr"
    ok 'full standard output: files are written' test -s "$work/stdout-full/summary.txt"
else
    skip 'full standard output' 'no /dev/full'
fi

# when FILE: waits until there is something in it.
when() {
    tries=0
    until [ -s "$1" ] || [ $tries -ge 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

# stopped NAME SIGNAL ARGUMENT...: starts a study without end, and stops it before long. The program is started by
# `timeout`, since a shell lets what it starts in the background ignore SIGINT; with --foreground, since else it sends the
# signal to its group as well, and the second one would end the program at once.
stopped() {
    name=$1
    signal=$2
    shift 2
    status=0
    timeout --foreground --preserve-status -s "$signal" 0.7 "$ib" run --no-figures --out "$work/$name" "$@" \
        >"$work/stdout" 2>"$work/stderr" || status=$?
}

if command -v timeout >"$work/which"; then
    for signal in INT TERM; do
        stopped "kept-$signal" $signal --runs 4000000000 --epochs 3
        ok "$signal: status" test "$status" -eq 130
        runs=$(whole_runs "kept-$signal" 3)
        ok "$signal: finished runs are kept, whole" test "${runs:-0}" -ge 1
        ok "$signal: said" test "$(sed -n 1p "$work/stderr")" = \
            "ib run: stopped: $runs of 4000000000 runs are kept, those begun after them are dropped"
        ok "$signal: the table is of these" grep -q "mean of $runs run" "$work/stdout"
        ok "$signal: data and script of the figure" test -s "$work/kept-$signal/plane.dat" -a \
            -s "$work/kept-$signal/plane.gp"
        ok "$signal: results.nc is whole" test "$(labelled "kept-$signal")" = "$labels"
    done
    stopped early INT --runs 1 --epochs 4000000
    ok 'stopped in the first run: status' test "$status" -eq 130
    ok 'stopped in the first run: one line' test "$(cat "$work/stderr")" = \
        'ib run: stopped: 0 of 1 runs are kept, those begun after them are dropped'
    ok 'stopped in the first run: headers only' test "$(cat "$work/early/points.csv" "$work/early/training.csv" | wc -l)" -eq 2
    ok 'stopped in the first run: no results.nc' test -z "$(labelled early)"
    ok 'stopped in the first run: no table' test ! -s "$work/stdout" -a ! -e "$work/early/summary.txt"
else
    skip 'signals' 'no timeout'
fi

# The second signal ends the program at once. A gnuplot that sleeps is where it is when that comes.
mkdir "$work/bin"
printf '#!/bin/sh\necho $$ >"%s/asleep"\nexec sleep 60\n' "$work" >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
PATH=$work/bin:$PATH "$ib" run --runs 4000000000 --epochs 3 --out "$work/twice" >"$work/stdout" 2>"$work/stderr" &
pid=$!
when "$work/twice/points.csv"
sleep 0.3
kill -TERM $pid
when "$work/asleep"
kill -TERM $pid
status=0
wait $pid || status=$?
kill "$(cat "$work/asleep")"
ok 'second signal: killed by it' test "$status" -eq 143
runs=$(whole_runs twice 3)
ok 'second signal: finished runs were kept before' test "${runs:-0}" -ge 1
ok 'second signal: results.nc is whole' test "$(labelled twice)" = "$labels"

finish
