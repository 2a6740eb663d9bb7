    eval AXIS(epochs)
    set xlabel 'epochs done' offset 0,0.3
    set arrow from 0.64, graph 0 to 0.64, graph 1 nohead linestyle 1 dashtype 2
    if (first) {
        set key at screen 0.5, screen key_y center top vertical maxrows 1 Left reverse samplen 2
    } else {
        unset key
    }
    y = 2 * quantity
    plot for [l=1:bands * layers] data index block+l-1 \
             using ($1 > 0 ? $1 : NaN):(column(y)-column(y+1)):(column(y)+column(y+1)) \
             with filledcurves fillstyle transparent solid 0.25 noborder linecolor rgb COLOUR(l) notitle, \
         for [l=1:layers] data index block+l-1 using ($1 > 0 ? $1 : NaN):y \
             with lines linecolor rgb COLOUR(l) linewidth 1.5 notitle, \
         for [l=1:bands * layers] data index block+l-1 using ($1 > 0 ? NaN : zero):y:y+1 \
             with yerrorbars linecolor rgb COLOUR(l) pointtype 0 linewidth 1.2 notitle, \
         for [l=1:layers] data index block+l-1 using ($1 == 0 || $6 == 1 ? EPOCH($1) : NaN):y \
             with points linecolor rgb COLOUR(l) pointtype SHAPE(l) pointsize 1.4 * S notitle, \
         for [l=1:layers] NaN with linespoints linecolor rgb COLOUR(l) linewidth 1.5 \
             pointtype SHAPE(l) pointsize 1.4 * S title sprintf('T%d', l)
