# How cost grows: six panels from the blocks of the file `data`, as PNG on standard output.
set terminal pngcairo size 1200,740 font "sans-serif,10"
set multiplot layout 2,3
set grid lc rgb "#dddddd"
set key top left
set logscale x 2
set format x "2^{%L}"
set style data linespoints

set title "Counting alone, 10 columns"
set xlabel "rows"
set ylabel "ns per row"
set yrange [0:*]
set offsets 0, 0, graph 0.3, 0 # room for the key
plot data index "counting: half distinct" pt 7 ps 0.5 title "half of the rows distinct", \
     data index "counting: at most 1000 distinct" pt 7 ps 0.5 title "1000 distinct"

set title "Standard network, 8 bits"
plot data index "rows: evaluate" pt 7 ps 0.5 title "evaluate", \
     data index "rows: measure all layers" pt 7 ps 0.5 title "count all layers"

set title "A training step, network W-W-W-2, 256 rows"
set xlabel "width W"
set ylabel "GFLOP/s"
plot data index "width: matrix work" pt 7 ps 0.5 title "matrix work"

unset logscale x
set format x "%g"
set ylabel "ms"
set title "An epoch of 12-10-...-10-2, float"
set xlabel "layers"
plot data index "layers: train" pt 7 ps 0.5 title "train"

set title "An epoch of the standard network"
set xlabel "bits"
plot data index "bits: train" pt 7 ps 0.5 title "train", \
     data index "bits: evaluate" pt 7 ps 0.5 title "evaluate", \
     data index "bits: measure" pt 7 ps 0.5 title "count all layers"

set title "Runs side by side"
set xlabel "threads"
set ylabel "times the speed of one thread"
set xtics 1
set offsets 0.5, 0.5, graph 0.3, 0
plot data index "threads: runs side by side" pt 7 ps 0.5 title "measured", x lc rgb "#999999" dt 2 title "ideal"
