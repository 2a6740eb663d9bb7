#!/bin/sh
# results.nc in ncdump: its header line by line, and what is left of a study that was stopped.
. "$(dirname "$0")/support.sh"

if ! command -v ncdump >"$work/which"; then
    echo '1..0 # SKIP no ncdump'
    exit 0
fi

run run --quiet --no-figures --runs 2 --epochs 7 --preset official-iclr --bits 4 --seed 3 --out "$work/two"
ok 'status' test "$status" -eq 0
ncdump -h "$work/two/results.nc" >"$work/actual"
cat >"$work/expected" <<'END'
netcdf results {
dimensions:
	run = UNLIMITED ; // (2 currently)
	epoch = 4 ;
	layer = 6 ;
	estimator = 3 ;
	epoch_trained = 8 ;
	restart = UNLIMITED ; // (0 currently)
END
sed '/^variables/,$d' "$work/actual" >"$work/dimensions"
ok 'dimensions' diff "$work/expected" "$work/dimensions"
for line in 'double I_XT(run, epoch, layer, estimator)' 'I_XT:units = "bit"' 'I_XT:_FillValue = NaN' \
    'double I_TY(run, epoch, layer, estimator)' 'I_TY:units = "bit"' 'I_TY:_FillValue = NaN' \
    'int64 states(run, epoch, layer, estimator)' 'states:_FillValue = -1LL' \
    'int64 run(run)' 'int64 epoch(epoch)' 'int64 layer(layer)' 'string estimator(estimator)' \
    'int64 epoch_trained(epoch_trained)' 'double running_loss(run, epoch_trained)' \
    'double running_accuracy(run, epoch_trained)' 'double train_loss(run, epoch_trained)' \
    'double train_accuracy(run, epoch_trained)' 'double test_loss(run, epoch_trained)' \
    'double test_accuracy(run, epoch_trained)' 'double final_train_accuracy(run)' 'double final_test_accuracy(run)' \
    'float activation_min(run, epoch, layer)' 'float activation_max(run, epoch, layer)' \
    'activation_min:_FillValue = NaNf' 'activation_min:units = "1"' 'running_loss:units = "nat"' \
    'int64 restarts(run)' 'byte bad_fit(run)' 'uint64 seed(run)' 'int64 restart(restart)' \
    'int64 restart_epoch(run, restart)' 'double restart_accuracy(run, restart)' ':preset = "official-iclr"' ':activation = "tanh"' ':bits = 4ULL' \
    ':runs = 2ULL' ':epochs = 7ULL' ':seed = 3ULL' ':split = "that of the study"' \
    ":source = \"libib $version\"" ":libib_version = \"$version\"" \
    ':title = "Information plane: preset official-iclr, tanh, 4 bits"' \
    ':bad_accuracy = 0.55' ':restart_from = 1001ULL' ':batch = 256ULL' ':optimiser = "adam"'; do
    ok "$line" grep -qF "$line ;" "$work/actual"
done
ok 'no other variables' test "$(grep -c '^	[a-z].*(.*) ;' "$work/actual")" -eq 24
ok 'every variable has a name in words' test "$(grep -c ':long_name = ' "$work/actual")" -eq 24
ok 'estimators' grep -q 'estimator = "state", "output", "rebinned" ;' <<END
$(ncdump -v estimator "$work/two/results.nc")
END

# What is left of a study that was stopped is the study of as many runs, but for what was asked.
"$ib" run --quiet --no-figures --threads 1 --out "$work/stopped" --runs 4000000000 --epochs 3 2>"$work/stderr" &
pid=$!
when "$work/stopped/runs/00000003.run"
kill -TERM $pid
wait $pid
runs=$(cd "$work/stopped/runs" && set -- *.run && echo $#)
run run --quiet --no-figures --out "$work/as-many" --runs "$runs" --epochs 3
whole() {
    ncdump "$work/$1/results.nc" | grep -v -e ':history = ' -e ':runs = '
}
whole stopped >"$work/actual"
whole as-many >"$work/expected"
ok 'stopped: the runs that were finished' cmp "$work/expected" "$work/actual"
ok 'stopped: all of them' grep -q "run = UNLIMITED ; // ($runs currently)" "$work/actual"

finish
