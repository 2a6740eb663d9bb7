    eval AXIS(epochs)
    if (first) { eval KEY_ABOVE } else { unset key }
    y = 2 * quantity
    plot for [l=1:bands * layers] data index block+l-1 \
             using (TRAINED($1)):(column(y)-column(y+1)):(column(y)+column(y+1)) \
             with filledcurves fillstyle transparent solid 0.25 noborder linecolor rgb COLOUR(l) notitle, \
         for [l=1:layers] data index block+l-1 using (TRAINED($1)):y \
             with lines linecolor rgb COLOUR(l) linewidth 1.5 notitle, \
         for [l=1:bands * layers] data index block+l-1 \
             using (UNTRAINED($1)):(column(y)-column(y+1)):(0):(2*column(y+1)) \
             with vectors nohead linecolor rgb COLOUR(l) linewidth 1.5 notitle, \
         for [l=1:layers] data index block+l-1 using ($1 == 0 || $6 == 1 ? EPOCH($1) : NaN):y \
             with points linecolor rgb COLOUR(l) pointtype SHAPE(l) pointsize 1.4 * S notitle, \
         for [l=1:KEYS(layers, many)] NaN with linespoints linecolor rgb COLOUR(l) linewidth 1.5 \
             pointtype SHAPE(l) pointsize 1.4 * S title KEY(l, many)
