#!/bin/sh
# Being stopped politely, and going on: the same bytes. Finished studies stay as they are.
. "$(dirname "$0")/support.sh"

# A shell lets what it starts in the background ignore SIGINT.
env --default-signal=INT true 2>"$work/which" || {
    echo '1..0 # SKIP no env that sets signals to their default'
    exit 0
}

long='--runs 6 --epochs 250 --no-figures --threads 2'
[ -z "${LIBIB_TEST_QUICK:-}" ] || long='--runs 6 --epochs 80 --no-figures --threads 2'

# are_new N ENDING DIR: there is a study, and N files of runs with this ending have been written since the program was
# started.
are_new() {
    [ -e "$3/settings.txt" ] || return 1
    [ "$1" -eq 0 ] || [ "$(find "$3/runs" -name "*.$2" -newer "$work/started" | wc -l)" -ge "$1" ]
}

# stopped SIGNAL N ENDING DIR ARGUMENT...: starts a study in DIR, and stops it when it has written these files.
stopped() {
    signal=$1
    awaited="$2 $3"
    folder=$4
    shift 4
    : >"$work/started"
    env --default-signal=INT "$ib" run --checkpoint 0.05 "$@" "$folder" >"$work/stdout" 2>"$work/stderr" &
    pid=$!
    # shellcheck disable=SC2086 # words
    until are_new $awaited "$folder" 2>"$work/.told" || ! kill -0 $pid 2>"$work/.told"; do
        sleep 0.02
    done
    kill -s "$signal" $pid 2>"$work/.told"
    status=0
    wait $pid 2>"$work/.told" || status=$?
}

# shellcheck disable=SC2086 # words
run run $long --out "$work/whole"
ok 'a study' test "$status" -eq 0
cp "$work/stdout" "$work/whole.stdout"
says 'resumed when it is finished' 0 "ib run: $work/whole: all 6 runs are finished" run --resume "$work/whole"
rm -rf "$work/copy"
cp -r "$work/whole" "$work/copy"
run run --quiet --resume "$work/copy"
ok 'resumed when it is finished: quiet' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
ok 'resumed when it is finished: untouched' diff -r "$work/whole" "$work/copy"
rm "$work/copy/summary.txt"
run run --no-figures --resume "$work/copy"
ok 'what is missing is written' diff -r "$work/whole" "$work/copy"
ok 'what is missing is written: and shown' diff "$work/whole.stdout" "$work/stdout"

# A study that is to have more runs.
# shellcheck disable=SC2086
run run $long --runs 2 --out "$work/more"
ok 'two runs' test "$status" -eq 0
cp -r "$work/more" "$work/two"
says 'fewer runs' 1 'ib run: --runs: expected 2 or more, as the study has, got 1' run --resume "$work/more" --runs 1
head -c 99 "$work/two/runs/00000001.run" >"$work/more/runs/00000001.run"
run run --resume "$work/more" --runs 6
ok 'more runs, but a damaged one: nothing is asked for' test "$status" -eq 1 -a \
    -z "$(diff "$work/two/settings.txt" "$work/more/settings.txt")"
cp "$work/two/runs/00000001.run" "$work/more/runs/00000001.run"
run run --no-figures --resume "$work/more" --runs 6
ok 'more runs: the files of so many' diff -r "$work/whole" "$work/more"

# A study that is stopped a few times.
for signal in INT TERM; do
    name=$work/again-$signal
    # shellcheck disable=SC2086
    stopped "$signal" 0 run "$name" $long --out
    times=0
    while [ "$status" -eq 130 ] && [ $times -lt 5 ]; do
        times=$((times + 1))
        finished=$(find "$name/runs" -name '*.run' | wc -l)
        [ $times -gt 1 ] || {
            ok "$signal: said how to go on" test "$(sed -n 1p "$work/stderr")" = \
                "ib run: stopped: $finished of 6 runs are finished; to go on: ib run --resume $name"
            # Those that were at their last epoch are finished.
            ok "$signal: runs in progress are saved" test -n "$(find "$name/runs" -name '*.checkpoint')" -o "$finished" -gt 0
        }
        stopped "$signal" 1 checkpoint "$name" --no-figures --threads 3 --resume
    done
    [ "$status" -ne 130 ] || run run --no-figures --threads 3 --resume "$name"
    ok "$signal: was stopped" test $times -ge 1
    ok "$signal: status in the end" test "$status" -eq 0
    ok "$signal: the same files" diff -r "$work/whole" "$name"
    ok "$signal: the same table" diff "$work/whole.stdout" "$work/stdout"
done

# What follows from the runs so far is written.
stopped INT 2 run "$work/endless" --runs 4000000000 --epochs 3 --no-figures --out
runs=$(find "$work/endless/runs" -name '*.run' | wc -l)
ok 'stopped: status' test "$status" -eq 130
ok 'stopped: some runs are finished' test "$runs" -ge 2
ok 'stopped: the table is of these' grep -q ": $runs runs of 3 epochs" "$work/endless/summary.txt"
ok 'stopped: data and scripts of figures' test -s "$work/endless/figures/plane.dat" -a -s "$work/endless/figures/plane.gp"
[ "$writes_results" = no ] || ok 'stopped: results.nc' test -s "$work/endless/results.nc"
stopped KILL 1 run "$work/endless" --no-figures --resume
ok 'killed after that: there are more runs' test "$(find "$work/endless/runs" -name '*.run' | wc -l)" -gt "$runs"
ok 'killed after that: no table that is not of them' test ! -e "$work/endless/summary.txt"

stopped INT 1 checkpoint "$work/an early stop" --runs 1 --epochs 4000000 --out
ok 'stopped in the first run: status' test "$status" -eq 130
ok 'stopped in the first run: one line' test "$(cat "$work/stderr")" = \
    "ib run: stopped: 0 of 1 runs are finished; to go on: ib run --resume '$work/an early stop'"
ok 'stopped in the first run: it is saved' test -s "$work/an early stop/runs/00000000.checkpoint"
ok 'stopped in the first run: nothing else' test ! -s "$work/stdout" -a \
    "$(find "$work/an early stop" -type f | wc -l)" -eq 3
before=$(wc -c <"$work/an early stop/runs/00000000.checkpoint")
stopped INT 1 checkpoint "$work/an early stop" --resume
ok 'stopped in the first run: it went on' test "$(wc -c <"$work/an early stop/runs/00000000.checkpoint")" -gt "$before"

stopped INT 1 checkpoint "$work/it's" --runs 1 --epochs 4000000 --out
ok 'a name that a shell would trip over' test "$(cat "$work/stderr")" = \
    "ib run: stopped: 0 of 1 runs are finished; to go on: ib run --resume '$work/it'\''s'"

saved="$work/an early stop/runs/00000000.checkpoint"
head -c $(($(wc -c <"$saved") - 10)) "$saved" >"$work/part"
mv "$work/part" "$saved"
stopped INT 1 checkpoint "$work/an early stop" --resume
ok 'a checkpoint cut short: told' grep -q "^ib run: $saved: .*; run 0 is made anew from its beginning$" "$work/stderr"
ok 'a checkpoint cut short: it goes on' test "$status" -eq 130 -a -s "$saved"

# The second signal ends the program at once. A gnuplot that sleeps is where it is when that comes.
mkdir "$work/bin"
printf '#!/bin/sh\necho $$ >"%s/asleep"\nexec sleep 60\n' "$work" >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
PATH=$work/bin:$PATH "$ib" run --runs 4000000000 --epochs 3 --out "$work/twice" >"$work/stdout" 2>"$work/stderr" &
pid=$!
when "$work/twice/runs/00000002.run"
kill -TERM $pid
when "$work/asleep"
sleep 0.6 # what comes sooner is the first one, twice
kill -TERM $pid
status=0
wait $pid || status=$?
kill "$(cat "$work/asleep")"
ok 'second signal: killed by it' test "$status" -eq 143
runs=$(find "$work/twice/runs" -name '*.run' | wc -l)
stopped INT 1 run "$work/twice" --no-figures --resume
ok 'second signal: it can be gone on with' test "$status" -eq 130 -a "$(find "$work/twice/runs" -name '*.run' | wc -l)" -ge "$runs"

# A signal that comes twice at once, as from timeout(1), which sends it to the program and to its group, is one. Epochs
# that take long are where it is when the second comes.
env --default-signal=INT "$ib" run --widths 12,400,400,2 --batch 4 --runs 1 --epochs 9 --checkpoint 1000 --quiet \
    --out "$work/double" >"$work/stdout" 2>"$work/stderr" &
pid=$!
when "$work/double/settings.txt"
sleep 0.2
kill -INT $pid
sleep 0.05
kill -INT $pid
status=0
wait $pid || status=$?
ok 'the same signal again: status' test "$status" -eq 130
ok 'the same signal again: says how to go on' test "$(cat "$work/stderr")" = \
    "ib run: stopped: 0 of 1 runs are finished; to go on: ib run --resume $work/double"

# Without gnuplot all else is made.
mkdir "$work/none"
status=0
PATH=$work/none "$ib" run --runs 2 --epochs 2 --out "$work/no-gnuplot" >"$work/stdout" 2>"$work/stderr" || status=$?
ok 'no gnuplot: status' test "$status" -eq 0
ok 'no gnuplot: one line' test "$(grep -c 'no gnuplot' "$work/stderr")" -eq 1 -a "$(wc -l <"$work/stderr")" -eq 1
ok 'no gnuplot: the table' test -s "$work/no-gnuplot/summary.txt"

finish
