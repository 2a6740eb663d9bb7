#!/bin/sh
# Folders that cannot be used, full disks, hostile files: one line, the right status, nothing damaged.
. "$(dirname "$0")/support.sh"

small='--runs 3 --epochs 4 --no-figures --threads 2'

# The study that all the others should come to.
# shellcheck disable=SC2086 # words
run run --quiet $small --out "$work/whole"
ok 'a study' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
# Another one, for files that do not belong here.
# shellcheck disable=SC2086
run run --quiet $small --bits 4 --out "$work/other"

refused() {
    folder=$1
    # shellcheck disable=SC2086
    says "$2" 1 "ib run: $folder: $3" run $small --out "$folder"
}

# not_resumed DESCRIPTION LINE: resuming $work/it says that line, and leaves all files as they are.
not_resumed() {
    rm -rf "$work/before"
    cp -r "$work/it" "$work/before"
    says "$1" 1 "ib run: $2" run --resume "$work/it"
    ok "$1: nothing changed" diff -r "$work/before" "$work/it"
}

# fresh: $work/it is the finished study.
fresh() {
    rm -rf "$work/it"
    cp -r "$work/whole" "$work/it"
}

# resumed DESCRIPTION: resuming $work/it leaves the whole study.
resumed() {
    run run --no-figures --resume "$work/it"
    ok "$1: status" test "$status" -eq 0
    ok "$1: the same files" diff -r "$work/whole" "$work/it"
}

# --- folders ----------------------------------------------------------------------------------------------------------

mkdir "$work/full"
echo precious >"$work/full/.notes"
refused "$work/full" 'folder that is not empty' \
    'is not empty; a new study wants a folder of its own (to go on with one: --resume)'
ok 'folder that is not empty: untouched' test "$(cat "$work/full/.notes")" = precious -a "$(ls -A "$work/full")" = .notes
fresh
refused "$work/it" 'folder of a study' 'is not empty; a new study wants a folder of its own (to go on with one: --resume)'
ok 'folder of a study: untouched' diff -r "$work/whole" "$work/it"
echo precious >"$work/file"
refused "$work/file" 'a file for a folder' 'Not a directory'
refused "$work/file/out" 'a file for a parent' 'Not a directory'
refused "$work/no/out" 'no parent' 'No such file or directory; its parent folder must exist'
mkdir "$work/empty"
# shellcheck disable=SC2086
run run --quiet $small --out "$work/empty"
ok 'an empty folder is used' diff -r "$work/whole" "$work/empty"
says 'resume: no folder' 1 "ib run: $work/no: No such file or directory" run --resume "$work/no"
says 'resume: not of a study' 1 "ib run: $work/full: is not the folder of a study: there is no settings.txt" \
    run --resume "$work/full"
says 'resume: a file' 1 "ib run: $work/file/settings.txt: Not a directory" run --resume "$work/file"

# as_nobody ARGUMENT...: root may write anywhere, others not.
as_nobody() {
    status=0
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$ib" "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
    else
        "$ib" "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
    fi
}

chmod 755 "$work"
as_nobody version
if [ "$status" -eq 0 ]; then
    fresh
    rm "$work/it/runs/00000001.run" "$work/it/summary.txt"
    chmod -R a-w,a+rX "$work/it"
    as_nobody run --resume "$work/it"
    ok 'read-only folder: status' test "$status" -eq 1
    ok 'read-only folder: one line' test "$(cat "$work/stderr")" = "ib run: $work/it/lock: Permission denied"
    mkdir "$work/locked"
    chmod 555 "$work/locked"
    as_nobody run --runs 1 --epochs 1 --out "$work/locked/out"
    ok 'read-only parent: status' test "$status" -eq 1
    ok 'read-only parent: one line' test "$(cat "$work/stderr")" = "ib run: $work/locked/out: Permission denied"
    fresh
    chmod a-r "$work/it/settings.txt"
    chmod a+rx "$work/it"
    as_nobody run --resume "$work/it"
    ok 'settings that cannot be read' test "$status $(cat "$work/stderr")" = \
        "1 ib run: $work/it/settings.txt: Permission denied"
    chmod -R u+w "$work/it"
else
    skip 'read-only folders' 'nobody cannot run the program'
fi

# --- settings.txt -----------------------------------------------------------------------------------------------------

# edited DESCRIPTION SCRIPT LINE: the file, changed by sed.
edited() {
    fresh
    sed -i "$2" "$work/it/settings.txt"
    not_resumed "$1" "$work/it$3"
}
edited 'other format' 's/^format 1/format 2/' \
    '/settings.txt: format: expected 1 (other versions of ib have others), found 2'
edited 'no format' '/^format/d' '/settings.txt: expected what was asked of `ib run`, found no line with its format'
edited 'a setting missing' '/^--seed/d' '/settings.txt: expected a line --seed=S, found none'
edited 'a wrong setting' 's/^--bits=8/--bits=99/' '/settings.txt: --bits: expected 1 to 16 or 32, got 99'
edited 'an unknown setting' 's/^--bits=8/--bit=8/' '/settings.txt: --bit=8: unknown option, see --help'
edited 'a line that is none' 's/^--bits=8/bits 8/' '/settings.txt: expected lines --NAME=VALUE, got bits 8'
edited 'another setting' 's/^--bits=8/--bits=4/' ': settings.txt is not as it was when the study was begun'
edited 'another library' 's/^version .*/version 0.0.1/; s/^setting .*/setting 0123456789abcdef/' \
    ": expected libib 0.0.1, which makes other runs of these settings than $version does"
edited 'another seed' 's/^--seed=1/--seed=2/' \
    "/runs/00000000.run: seed: expected 2, got 1; move it away and resume, and run 0 is made anew"
edited 'fewer runs' 's/^--runs=3/--runs=2/' \
    "/runs/00000002.run: run: expected below 2, got 2; move it away and resume, and run 2 is made anew"
fresh
head -c 200 "$work/whole/settings.txt" >"$work/it/settings.txt"
run run --resume "$work/it"
ok 'settings cut short' test "$status" -eq 1 -a "$(wc -l <"$work/stderr")" -eq 1
if grep -q '^fused 1' "$work/whole/settings.txt"; then
    export LIBIB_KERNELS=portable
    fresh
    kernels=$(sed -n 's/^kernels //p' "$work/it/settings.txt")
    [ "$(uname -m)" != x86_64 ] || not_resumed 'other kernels' "$work/it: expected kernels with fused multiply-add, as $kernels, \
which made its runs; got portable (LIBIB_KERNELS chooses others)"
    unset LIBIB_KERNELS
fi

# --- files of runs ----------------------------------------------------------------------------------------------------

fresh
head -c 100 "$work/whole/runs/00000001.run" >"$work/it/runs/00000001.run"
run run --resume "$work/it"
ok 'a run cut short: status' test "$status" -eq 1
ok 'a run cut short: one line that names it' grep -q "^ib run: $work/it/runs/00000001.run: .*; move it away and resume" \
    "$work/stderr"
ok 'a run cut short: no other' test "$(wc -l <"$work/stderr")" -eq 1
ok 'a run cut short: untouched' test "$(wc -c <"$work/it/runs/00000001.run")" -eq 100
rm "$work/it/runs/00000001.run"
resumed 'a run removed'

fresh
cp "$work/other/runs/00000001.run" "$work/it/runs"
run run --resume "$work/it"
ok 'a run of another study' test "$status $(grep -c "00000001.run: setting: expected [0-9a-f]\{16\}, got [0-9a-f]\{16\};" "$work/stderr")" = '1 1'
fresh
cp "$work/whole/runs/00000002.run" "$work/it/runs/00000001.run"
not_resumed 'a run under another name' \
    "$work/it/runs/00000001.run: expected run 1 finished, got run 2 finished; move it away and resume, and run 1 is made anew"

fresh
mv "$work/it/runs/00000001.run" "$work/it/runs/00000001.checkpoint"
not_resumed 'a finished run for a checkpoint' "$work/it/runs/00000001.checkpoint: \
expected run 1 in progress, got run 1 finished; move it away and resume, and run 1 is made anew"
head -c 300 "$work/it/runs/00000001.checkpoint" >"$work/part"
mv "$work/part" "$work/it/runs/00000001.checkpoint"
rm "$work/it/runs/00000002.run"
cp "$work/other/runs/00000002.run" "$work/it/runs/00000002.checkpoint"
run run --no-figures --resume "$work/it"
ok 'damaged checkpoints: status' test "$status" -eq 0
ok 'damaged checkpoints: told' test "$(grep -c 'checkpoint: .* is made anew from its beginning$' "$work/stderr")" -eq 2
ok 'damaged checkpoints: the same files' diff -r "$work/whole" "$work/it"

# --- two programs -----------------------------------------------------------------------------------------------------

"$ib" run --quiet --runs 4000000000 --epochs 3 --no-figures --out "$work/busy" &
pid=$!
when "$work/busy/runs/00000000.run"
says 'two programs' 1 "ib run: $work/busy: another program is at work here, process $pid" run --resume "$work/busy"
kill -KILL $pid
wait $pid 2>"$work/.told"
sed -i 's/^--runs=.*/--runs=3/' "$work/busy/settings.txt"
find "$work/busy/runs" -type f ! -name '0000000[012].run' -exec rm {} +
run run --quiet --no-figures --resume "$work/busy"
ok 'after a program that was killed' test "$status" -eq 0

# --- full disks -------------------------------------------------------------------------------------------------------

# A file that may not grow is a disk that is full. First the run is too large, then what is made of all of them.
status=0
(ulimit -f 16 && exec "$ib" run --runs 3 --epochs 400 --no-figures --threads 1 --out "$work/disk") >"$work/stdout" \
    2>"$work/stderr" || status=$?
ok 'full disk: status' test "$status" -eq 1
ok 'full disk: one line' test "$(cat "$work/stderr")" = "ib run: $work/disk/runs/00000000.run: File too large"
ok 'full disk: nothing half done' test -z "$(find "$work/disk/runs" -type f)" -a -s "$work/disk/settings.txt"
run run --quiet --runs 3 --epochs 400 --no-figures --out "$work/room"
run run --quiet --no-figures --resume "$work/disk"
ok 'full disk: resumed' diff -r "$work/room" "$work/disk"

if [ "$writes_results" = yes ]; then
    status=0
    # shellcheck disable=SC2086
    (ulimit -f 24 && exec "$ib" run $small --out "$work/disk2") >"$work/stdout" 2>"$work/stderr" || status=$?
    ok 'full disk at the end: status' test "$status" -eq 1
    ok 'full disk at the end: said' grep -q "^ib run: $work/disk2/results.nc: .*File too large" "$work/stderr"
    ok 'full disk at the end: runs are kept' test "$(find "$work/disk2/runs" -name '*.run' | wc -l)" -eq 3
    ok 'full disk at the end: no part is left' test -z "$(find "$work/disk2" -name '*.part')"
    run run --no-figures --resume "$work/disk2"
    ok 'full disk at the end: what is missing is written' diff -r "$work/whole" "$work/disk2"
else
    skip 'full disk at the end' 'no results.nc'
fi

if [ -c /dev/full ]; then
    status=0
    # shellcheck disable=SC2086
    "$ib" run $small --out "$work/stdout-full" >/dev/full 2>"$work/stderr" || status=$?
    ok 'full standard output: status' test "$status" -eq 1
    ok 'full standard output: said' grep -q '^ib run: standard output: No space left on device$' "$work/stderr"
    ok 'full standard output: files are written' diff -r "$work/whole" "$work/stdout-full"
else
    skip 'full standard output' 'no /dev/full'
fi

finish
