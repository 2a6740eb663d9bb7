#!/bin/sh
# ib export: the tables, row by row, and what else it hands over.
. "$(dirname "$0")/support.sh"

# Two runs of an official preset, measured at epochs 0, 1, 6 and 7, the last layer by all measures; a run is begun again
# when it is a bad fit after epoch 2 or later.
run run --quiet --no-figures --out "$work/two" --preset official-iclr --activation relu --bits 4 --runs 2 --epochs 7 \
    --bins 30 --bounds layer,mass-layer --bad-fit restart --bad-epoch 2 --bad-accuracy 0.5 --seed 7
ok 'a study is made' test "$status" -eq 0

table() {
    run export "$work/two" --csv "$@"
    ok "$*: status" test "$status" -eq 0 -a ! -s "$work/stderr"
    sed 1d "$work/stdout" >"$work/rows"
}
header() {
    ok "$1: header" test "$(sed -n 1p "$work/stdout")" = "$2"
}

table --table points
header points 'run,epoch,layer,measure,estimator,I_XT,I_TY,states'
cut -d, -f1-5 "$work/rows" >"$work/actual"
for r in 0 1; do for e in 0 1 6 7; do for l in 1 2 3 4 5 6; do
    echo "$r,$e,$l,state,"
    [ $l -lt 6 ] || printf '%s\n' "$r,$e,6,output," "$r,$e,6,rebinned,"
    printf '%s\n' "$r,$e,$l,binned,30-layer" "$r,$e,$l,binned,30-mass-layer"
done; done; done >"$work/expected"
ok 'points: each run, epoch, layer and measure once, in order' diff "$work/expected" "$work/actual"
cp "$work/stdout" "$work/points"
run export --csv "$work/two"
ok 'points are the default, and DIR stands anywhere' cmp "$work/points" "$work/stdout"
# 12 bits of input, 0.99916 of label; no more states than rows, and no fewer than 2^H.
ok 'points: within their bounds' awk -F, 'NR > 1 && !(NF == 8 && $6 >= 0 && $6 <= 12 && $7 >= 0 && $7 <= $6 + 1e-12 &&
    $7 <= 0.99915712085027129 && $8 >= 1 && $8 <= 4096 && log($8) / log(2) >= $6 - 1e-9) { print; bad = 1 }
    END { exit bad }' "$work/points"

losses=running_loss,running_accuracy,train_loss,train_accuracy,test_loss,test_accuracy
table --table training
header training "run,epoch,$losses"
cut -d, -f1-2 "$work/rows" >"$work/actual"
for r in 0 1; do for e in 0 1 2 3 4 5 6 7; do echo "$r,$e"; done; done >"$work/expected"
ok 'training: each run and epoch once, in order' diff "$work/expected" "$work/actual"
# Accuracies are counts over rows: 3276 for training, 820 for the test.
ok 'training: within their bounds' awk -F, '
    function whole(x) { return x - int(x + 0.5) < 1e-6 && int(x + 0.5) - x < 1e-6 }
    !(NF == 8 && $3 > 0 && $5 > 0 && $7 > 0 && whole($4 * 3276) && whole($6 * 3276) && whole($8 * 820)) { print; bad = 1 }
    $4 < 0 || $6 < 0 || $8 < 0 || $4 > 1 || $6 > 1 || $8 > 1 { print; bad = 1 }
    $2 == 0 && ($3 != $5 || $4 != $6) { print; bad = 1 } END { exit bad }' "$work/rows"
cp "$work/rows" "$work/training"

table --table extents
header extents 'run,epoch,layer,activation_min,activation_max'
cut -d, -f1-3 "$work/rows" >"$work/actual"
for r in 0 1; do for e in 0 1 6 7; do for l in 1 2 3 4 5 6; do echo "$r,$e,$l"; done; done; done >"$work/expected"
ok 'extents: each run, measured epoch and layer once, in order' diff "$work/expected" "$work/actual"
ok 'extents: ReLU from 0, softmax from 0 to 1' awk -F, '!(NF == 5 && $4 >= 0 && $5 >= $4 && ($3 < 6 || $5 <= 1)) {
    print; bad = 1 } END { exit bad }' "$work/rows"

table --table restarts
header restarts 'run,restart,restart_epoch,restart_accuracy'
ok 'restarts: by the rule, counted from 0' awk -F, '!(NF == 4 && $2 == n[$1]++ && $3 >= 2 && $3 <= 7 && $4 < 0.5) {
    print; bad = 1 } END { exit bad }' "$work/rows"
ok 'restarts: there are some' test -s "$work/rows"
restarts=$(wc -l <"$work/rows")

table --table runs
header runs "run,seed,restarts,epochs,bad_fit,$losses"
grep ',7,' "$work/training" | awk -F, '$2 == 7' | cut -d, -f3- >"$work/expected"
cut -d, -f6- "$work/rows" >"$work/actual"
ok 'runs: the last epoch' diff "$work/expected" "$work/actual"
ok 'runs: their numbers' test "$(awk -F, '{ printf "%s %s %s %s ", $1, $2, $4, $5 }' "$work/rows")" = '0 7 7 0 1 7 7 0 '
ok 'runs: restarts' test "$(awk -F, '{ n += $3 } END { print n }' "$work/rows")" -eq "$restarts"

if [ "$writes_results" = yes ]; then
    cp "$work/two/results.nc" "$work/results.nc"
    rm "$work/two/results.nc"
    run export "$work/two" --netcdf
    ok 'netcdf: status' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
    ok 'netcdf: the same bytes' cmp "$work/results.nc" "$work/two/results.nc"
    ok 'netcdf: nothing else' test "$(cd "$work/two" && echo results*)" = results.nc
    run export "$work/two" --netcdf
    ok 'netcdf: in place of another' cmp "$work/results.nc" "$work/two/results.nc"
else
    says 'netcdf' 1 'ib export: --netcdf: expected a program that is built with NetCDF, but this one is not' \
        export "$work/two" --netcdf
fi

# Standard output that cannot be written.
if [ -c /dev/full ]; then
    for name in points restarts; do
        status=0
        "$ib" export "$work/two" --csv --table $name >/dev/full 2>"$work/stderr" || status=$?
        ok "full standard output: $name: status" test "$status" -eq 1
        ok "full standard output: $name: said" test "$(cat "$work/stderr")" = \
            'ib export: standard output: No space left on device'
    done
else
    skip 'full standard output' 'no /dev/full'
fi

# A run that is damaged: what comes before it, and a line.
cp -R "$work/two" "$work/damaged"
echo nonsense >"$work/damaged/runs/00000001.run"
run export "$work/damaged" --csv --table training
ok 'damaged: status' test "$status" -eq 1
ok 'damaged: one line' test "$(grep -c "^ib export: $work/damaged/runs/00000001.run: " "$work/stderr")" -eq 1
ok 'damaged: the run before' test "$(sed 1d "$work/stdout" | cut -d, -f1 | uniq)" = 0

# A study without a finished run.
mkdir "$work/none"
cp -R "$work/two/settings.txt" "$work/none"
mkdir "$work/none/runs"
run export "$work/none" --csv
ok 'no run: the header' test "$status" -eq 0 -a "$(cat "$work/stdout")" = "$(sed -n 1p "$work/points")"
[ "$writes_results" = no ] ||
    says 'no run: netcdf' 1 "ib export: $work/none: no run is finished yet" export "$work/none" --netcdf

says 'neither' 2 'ib export: expected one of --csv and --netcdf' export "$work/two"
says 'both' 2 'ib export: expected one of --csv and --netcdf' export "$work/two" --csv --netcdf
says 'no folder' 2 'ib export: DIR: expected the folder of a study, got nothing' export --csv
says 'no such table' 2 'ib export: --table: expected points, training, extents, restarts or runs, got rows' \
    export "$work/two" --csv --table rows
says 'no study' 1 "ib export: $work: is not the folder of a study: there is no settings.txt" export "$work" --csv

finish
