/* 13: counts that add up. Four processes count a quarter of the rows each and send what they counted as bytes; the
 * parent reads and merges them. Machines do the same with files: the bytes are the same everywhere, and checked.
 *
 * New: ib_counter_write(), ib_counter_read(), ib_counter_merge(). For systems with fork().
 *
 * 13_merge_processes [ROWS] */
#define _POSIX_C_SOURCE 200809L
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 4, COLUMNS = 3, CLASSES = 2, PIECE = 1000 };

/* Row i of data that everybody can make: three codes, and a label that two of them tell most of the time. */
static void make_row(size_t i, uint8_t *row, uint32_t *label)
{
    uint64_t x = i * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t c = 0; c < COLUMNS; c++)
        row[c] = (uint8_t)(x >> (20 * c + 4) & 15);
    *label = (row[0] + row[1] > 14) ^ (row[2] == 7);
}

static int count(ib_counter *counter, size_t first, size_t end)
{
    uint8_t rows[PIECE][COLUMNS];
    uint32_t labels[PIECE];
    while (first < end) {
        size_t n = 0;
        for (; n < PIECE && first < end; n++)
            make_row(first++, rows[n], &labels[n]);
        ib_codes codes;
        ib_codes_init(&codes, IB_CODE_UINT8, rows, n, COLUMNS);
        if (ib_counter_add(counter, &codes, labels, NULL))
            return 1;
    }
    return 0;
}

static int32_t put(const void *data, size_t size, void *file)
{
    return fwrite(data, 1, size, file) == size ? 0 : -1;
}

static int32_t get(void *data, size_t size, size_t *n, void *file)
{
    *n = fread(data, 1, size, file);
    return ferror((FILE *)file) ? -1 : 0;
}

/* In a child: counts its share and writes it. */
static int count_share(size_t first, size_t end, FILE *to)
{
    ib_context *context = NULL;
    ib_counter *counter = NULL;
    int failed = ib_context_create(NULL, &context) ||
                 ib_counter_create(context, IB_CODE_UINT8, COLUMNS, CLASSES, &counter) || count(counter, first, end) ||
                 ib_counter_write(counter, put, to);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));
    failed |= fclose(to) != 0;
    ib_counter_destroy(counter);
    ib_context_destroy(context);
    return failed;
}

/* Starts a process; what it writes can be read from the stream. NULL: it cannot be. */
static FILE *start(size_t first, size_t end)
{
    int ends[2];
    if (pipe(ends))
        return NULL;
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        FILE *to = fdopen(ends[1], "wb");
        _exit(to ? count_share(first, end, to) : EXIT_FAILURE);
    }
    close(ends[1]);
    return child < 0 ? NULL : fdopen(ends[0], "rb");
}

/* A share that was not written whole is refused: there is a checksum at its end. */
static int merge_share(ib_context *context, ib_counter *all, FILE *from)
{
    ib_counter *share = NULL;
    const int failed = ib_counter_read(context, get, from, &share) || ib_counter_merge(all, share);
    ib_counter_destroy(share);
    fclose(from);
    return failed;
}

int main(int argc, char **argv)
{
    const size_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    FILE *shares[PROCESSES];
    ib_context *context = NULL;
    ib_counter *all = NULL, *whole = NULL;
    int failed = 0;
    for (size_t p = 0; p < PROCESSES; p++)
        shares[p] = start(rows * p / PROCESSES, rows * (p + 1) / PROCESSES);

    failed = ib_context_create(NULL, &context) || ib_counter_create(context, IB_CODE_UINT8, COLUMNS, CLASSES, &all) ||
             ib_counter_create(context, IB_CODE_UINT8, COLUMNS, CLASSES, &whole);
    for (size_t p = 0; p < PROCESSES; p++)
        failed |= !shares[p] || (!failed && merge_share(context, all, shares[p]));
    while (wait(NULL) > 0)
        continue;
    failed = failed || count(whole, 0, rows);
    if (failed)
        fprintf(stderr, "failed: %s\n", ib_context_message(context));
    else
        printf("%llu rows, %llu distinct\n  merged: I(T;Y) = %.17g bits\n  at once: I(T;Y) = %.17g bits\n",
               (unsigned long long)ib_counter_rows(all), (unsigned long long)ib_counter_distinct(all),
               ib_entropy_mutual(all), ib_entropy_mutual(whole));
    failed = failed || ib_entropy_mutual(all) != ib_entropy_mutual(whole);
    ib_counter_destroy(whole);
    ib_counter_destroy(all);
    ib_context_destroy(context);
    return failed;
}
