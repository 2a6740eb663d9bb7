    eval AXIS(epochs)
    set xlabel 'epochs done' offset 0,0.3
    set arrow from 0.64, graph 0 to 0.64, graph 1 nohead linestyle 1 dashtype 2
    if (first && key_row) {
        set key at screen 0.5, screen key_y center top vertical maxrows 1 Left reverse samplen 2
    } else { if (first) {
        set key right bottom Left reverse samplen 2 spacing 1.1
    } else {
        unset key
    } }
    plot for [q=1:2*bands] data index block \
             using ($1 > 0 ? $1 : NaN):(column(2*q)-column(2*q+1)):(column(2*q)+column(2*q+1)) \
             with filledcurves fillstyle transparent solid 0.25 noborder linecolor rgb PAIR(q) notitle, \
         for [q=1:2] data index block using ($1 > 0 ? $1 : NaN):2*q \
             with lines linecolor rgb PAIR(q) linewidth 1.5 notitle, \
         for [q=1:2*bands] data index block using ($1 > 0 ? NaN : zero):2*q:2*q+1 \
             with yerrorbars linecolor rgb PAIR(q) pointtype 0 linewidth 1.2 notitle, \
         for [q=1:2] data index block using ($1 == 0 || $6 == 1 ? EPOCH($1) : NaN):2*q \
             with points linecolor rgb PAIR(q) pointtype PAIR_SHAPE(q) pointsize 1.4 * S notitle, \
         for [q=1:2] NaN with linespoints linecolor rgb PAIR(q) linewidth 1.5 \
             pointtype PAIR_SHAPE(q) pointsize 1.4 * S title (q == 1 ? one : other)
