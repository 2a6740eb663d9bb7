#!/bin/sh
# ib info: of a study that is finished, in progress, at work, and damaged.
. "$(dirname "$0")/support.sh"

# line DESCRIPTION WORDS: a line of what was said, but for how many blanks are in it.
line() {
    tr -s ' ' <"$work/stdout" >"$work/squeezed"
    ok "$1: $2" grep -qxF "$2" "$work/squeezed"
}

run run --quiet --no-figures --out "$work/done" --runs 2 --epochs 3 --bins 30,100 --bounds layer,global --split-seed 5 \
    --schedule log:4 --prefit 1 --optimiser sgd --rate 0.05 --momentum 0.9 --bits 32 --activation relu
ok 'a study is made' test "$status" -eq 0
run info "$work/done"
ok 'done: status' test "$status" -eq 0 -a ! -s "$work/stderr"
for words in 'network preset paper, relu, float32' 'at work no program' \
    'training 3 epochs, batches of 256, gradient descent with momentum 0.9, rate 0.05, after 1 on shuffled labels' \
    'split stratified 80/20 by seed 5' 'measured 4 times from an epoch to its double' \
    'bins 30,100, bounds layer,global' 'bad fits training accuracy below 0.55; kept and marked' 'seed 1' \
    'runs 2 of 2 finished, 0 in progress, 0 to be made'; do
    line 'done' "$words"
done
bad=$("$ib" export "$work/done" --csv --table runs | awk -F, 'NR > 1 { n += $5 } END { print n + 0 }')
ok 'done: bad fits' grep -q "^  *$bad bad fits*, 0 restarts$" "$work/stdout"
ok 'done: by what' grep -q "^made by  *libib $version, kernels [a-z0-9]* (with[out]* fused multiply-add)$" "$work/stdout"
ok 'done: how large' grep -q "^folder  *$work/done, [0-9]*\.[0-9] MB$" "$work/stdout"
ok 'done: files' grep -q '^files .* summary.txt' "$work/stdout"
[ "$writes_results" = no ] || ok 'done: results.nc' grep -q '^files .*results.nc' "$work/stdout"

run run --quiet --no-figures --out "$work/iclr" --preset official-iclr --runs 1 --epochs 1 --batch 64
run info "$work/iclr"
for words in 'network preset official-iclr, tanh, 8 bits' 'training 1 epoch, batches of 64, Adam, rate 0.0001' \
    'split that of the study' 'measured every 5 epochs' \
    'bad fits training accuracy below 0.55 after epoch 1001 or later; begun again'; do
    line 'iclr' "$words"
done

# A study at work, and what is left of it when it is stopped in the middle of runs.
"$ib" run --quiet --no-figures --out "$work/going" --runs 3 --epochs 4000000 --threads 2 --schedule adaptive:0.1 \
    --checkpoint 0.1 2>"$work/stderr" &
pid=$!
when "$work/going/runs/00000001.checkpoint"
run info "$work/going"
line 'at work' "at work process $pid"
ok 'at work: status' test "$status" -eq 0
ok 'at work: runs' grep -q '^runs  *0 of 3 finished, [12] in progress, [12] to be made$' "$work/stdout"
line 'at work' 'files nothing yet'
line 'at work' 'measured as often as points move by 0.1 bit'
kill -TERM $pid
wait $pid
run info "$work/going"
line 'stopped' 'at work no program'
line 'stopped' 'runs 0 of 3 finished, 2 in progress, 1 to be made'
ok 'stopped: how far' test "$(grep -c '^  *run [01]: epoch [1-9][0-9]* of 4000000$' "$work/stdout")" -eq 2
ok 'stopped: status' test "$status" -eq 0

# A study whose runs are made twice: seen the first time, then the second, which is measured and not at its end at once.
# It is held while it is looked at, so that it cannot be done before.
"$ib" run --quiet --no-figures --out "$work/twice" --runs 1 --epochs 1500 --bins 30 --bounds global --checkpoint 0.02 \
    2>"$work/stderr" &
pid=$!
when "$work/twice/runs/00000000.checkpoint"
kill -STOP $pid
for time in first second; do
    tries=0
    until "$ib" info "$work/twice" 2>"$work/.told" | grep "$time time of two" >"$work/$time" || [ $tries -ge 600 ]; do
        kill -CONT $pid
        sleep 0.05
        kill -STOP $pid
        tries=$((tries + 1))
    done
    ok "twice: $time time" grep -q "^  *run 0: epoch [0-9]* of 1500, $time time of two$" "$work/$time"
done
ok 'twice: not at its end' grep -qv ' epoch 1500 of 1500' "$work/second"
kill -CONT $pid
kill -TERM $pid
wait $pid

# Damage: what is damaged is said, and the rest is told.
cp -R "$work/done" "$work/damaged"
head -c 100 "$work/done/runs/00000001.run" >"$work/damaged/runs/00000001.run"
echo nonsense >"$work/damaged/runs/00000000.checkpoint"
run info "$work/damaged"
ok 'damaged: status' test "$status" -eq 1
ok 'damaged: which' test "$(grep -c "^ib info: $work/damaged/runs/0000000\(1.run\|0.checkpoint\): " "$work/stderr")" -eq 2
line 'damaged' ' 2 cannot be read'
line 'damaged' 'network preset paper, relu, float32'
says 'a folder of something else' 1 "ib info: $work: is not the folder of a study: there is no settings.txt" info "$work"
says 'no folder' 1 "ib info: $work/none: No such file or directory" info "$work/none"
echo nonsense >"$work/damaged/settings.txt"
run info "$work/damaged"
ok 'damaged settings: status' test "$status" -eq 1
ok 'damaged settings: one line' test "$(grep -c "^ib info: $work/damaged/settings.txt: " "$work/stderr")" -eq 1
rm -rf "$work/damaged/runs"
cp "$work/done/settings.txt" "$work/damaged"
run info "$work/damaged"
ok 'no folder of runs: status' test "$status" -eq 1
ok 'no folder of runs: one line' test "$(cat "$work/stderr")" = "ib info: $work/damaged/runs: No such file or directory"

says 'no argument' 2 'ib info: DIR: expected the folder of a study, got nothing' info
if [ -c /dev/full ]; then
    status=0
    "$ib" info "$work/done" >/dev/full 2>"$work/stderr" || status=$?
    ok 'full standard output' test "$status" -eq 1 -a \
        "$(cat "$work/stderr")" = 'ib info: standard output: No space left on device'
fi

finish
