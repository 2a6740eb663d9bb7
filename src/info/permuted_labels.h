/* Part of permuted.c, once for each type of a label: NAME(x) is x for labels of type LABEL, LANES of which fill a
 * vector. */

typedef LABEL NAME(lanes) __attribute__((vector_size(LANES * sizeof(LABEL))));

static void NAME(write)(const ib_i_multiplicities *sizes, LABEL *labels)
{
    LABEL label = 0;
    for (size_t i = 0; i < sizes->count; i++)
        for (uint64_t j = 0; j < sizes->pairs[i].m; j++, label++)
            for (uint64_t k = 0; k < sizes->pairs[i].k; k++)
                *labels++ = label;
}

static inline void NAME(swap)(LABEL *restrict labels, uint32_t a, uint32_t b)
{
    const LABEL label = labels[a];
    labels[a] = labels[b];
    labels[b] = label;
}

/* Shuffles the last `drawn` places of n: each order of any so many labels has the same probability. */
static void NAME(shuffle)(ib_rng *source, LABEL *restrict labels, uint32_t n, uint32_t drawn)
{
    ib_rng rng = *source;
    const uint32_t end = n - drawn;
    uint32_t left = n;
    for (; left > end && left > PAIRS; left--)
        NAME(swap)(labels, ib_i_rng_below(&rng, left), left - 1);
    for (; left > end + 1; left -= 2) {
        uint32_t first, second;
        ib_i_rng_two_below(&rng, left, &first, &second);
        NAME(swap)(labels, first, left - 1);
        NAME(swap)(labels, second, left - 2);
    }
    if (left > end)
        NAME(swap)(labels, ib_i_rng_below(&rng, left), left - 1);
    *source = rng;
}

/* Of LANES groups of k <= MOST rows, row i of each at labels[i m]: how often a row finds q rows before it that have its
 * label is added to found[q], in lanes; q = 0 is left out. That is how many cells have more than q rows. */
static inline void NAME(compare)(const LABEL *labels, size_t k, size_t m, NAME(lanes) * found)
{
    NAME(lanes) rows[MOST];
    memcpy(&rows[0], labels, sizeof rows[0]);
    for (size_t i = 1; i < k; i++) {
        NAME(lanes) before = {0};
        memcpy(&rows[i], labels + i * m, sizeof rows[i]);
        for (size_t j = 0; j < i; j++)
            before -= (NAME(lanes))(rows[i] == rows[j]); /* true is -1 */
        for (size_t q = 1; q <= i; q++)
            found[q] -= (NAME(lanes))(before == (LABEL)q);
    }
}

/* The same of one group. */
static inline void NAME(compare_one)(const LABEL *labels, size_t k, size_t m, uint64_t *found)
{
    for (size_t i = 1; i < k; i++) {
        size_t before = 0;
        for (size_t j = 0; j < i; j++)
            before += labels[i * m] == labels[j * m];
        found[before]++;
    }
}

/* The same of m groups. Called with constants. */
static inline void NAME(compare_all)(const LABEL *labels, size_t k, size_t m, uint64_t *found)
{
    size_t g = 0;
    while (m - g >= LANES) {
        NAME(lanes) lanes[MOST] = {{0}};
        /* A row finds q before it at most k times in a group: no lane comes to more than 255. */
        for (size_t turn = 0; turn < 255 / MOST && m - g >= LANES; turn++, g += LANES)
            NAME(compare)(labels + g, k, m, lanes);
        for (size_t q = 1; q < k; q++)
            for (size_t l = 0; l < LANES; l++)
                found[q] += lanes[q][l];
    }
    for (; g < m; g++)
        NAME(compare_one)(labels + g, k, m, found);
}

/* Sum over the cells of a group, labels[k]. */
static ib_i_wide NAME(count)(const ib_i_permuted *plan, const LABEL *labels, size_t k, uint32_t *counts)
{
    ib_i_wide sum = 0;
    for (size_t i = 0; i < k; i++)
        counts[labels[i]]++;
    const int walk = k < plan->labels;
    const size_t n = walk ? k : plan->labels;
    for (size_t i = 0; i < n; i++) {
        uint32_t *count = &counts[walk ? labels[i] : i];
        sum += term_of(plan, *count);
        *count = 0;
    }
    return sum;
}

static ib_i_wide NAME(sum)(const ib_i_permuted *plan, const LABEL *labels, uint32_t *counts)
{
    uint64_t found[MOST] = {0};
    ib_i_wide sum = 0;
    for (size_t i = 0; i < plan->group_sizes; i++) {
        const size_t k = (size_t)plan->groups[i].k, m = (size_t)plan->groups[i].m;
        if (k == 2)
            NAME(compare_all)(labels, 2, m, found);
        else if (k == 3)
            NAME(compare_all)(labels, 3, m, found);
        else if (k == 4)
            NAME(compare_all)(labels, 4, m, found);
        else if (k <= MOST && k > 1)
            NAME(compare_all)(labels, k, m, found);
        for (size_t g = 0; k > MOST && g < m; g++)
            sum += NAME(count)(plan, labels + g * k, k, counts);
        labels += k > 1 ? k * m : 0;
    }
    for (size_t q = 1; q < MOST; q++)
        sum += (ib_i_wide)found[q] * (plan->terms[q + 1] - plan->terms[q]);
    return sum;
}

static ib_i_wide NAME(permute)(const ib_i_permuted *plan, LABEL *labels, uint32_t *counts, ib_rng *rng)
{
    memcpy(labels, plan->ordered, plan->rows * sizeof *labels);
    NAME(shuffle)(rng, labels, plan->rows, plan->drawn);
    return NAME(sum)(plan, labels + (plan->rows - plan->drawn), counts);
}

#undef NAME
#undef LABEL
#undef LANES
