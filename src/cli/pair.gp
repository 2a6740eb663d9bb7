    eval AXIS(epochs)
    set key right bottom Left reverse samplen 2 spacing 1.1
    if (key_row) { eval KEY_ABOVE }
    if (!first) { unset key }
    plot for [q=1:shown*bands] data index block \
             using (TRAINED($1)):(column(2*q)-column(2*q+1)):(column(2*q)+column(2*q+1)) \
             with filledcurves fillstyle transparent solid 0.25 noborder linecolor rgb PAIR(q) notitle, \
         for [q=1:shown] data index block using (TRAINED($1)):2*q \
             with lines linecolor rgb PAIR(q) linewidth 1.5 notitle, \
         for [q=1:shown*bands] data index block \
             using (UNTRAINED($1)):(column(2*q)-column(2*q+1)):(0):(2*column(2*q+1)) \
             with vectors nohead linecolor rgb PAIR(q) linewidth 1.5 notitle, \
         for [q=1:shown] data index block using ($1 == 0 || $6 == 1 ? EPOCH($1) : NaN):2*q \
             with points linecolor rgb PAIR(q) pointtype PAIR_SHAPE(q) pointsize 1.4 * S notitle, \
         for [q=1:shown] NaN with linespoints linecolor rgb PAIR(q) linewidth 1.5 \
             pointtype PAIR_SHAPE(q) pointsize 1.4 * S title (q == 1 ? one : other)
