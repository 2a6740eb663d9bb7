/* ib measure: rows that are looked at once are counted as they are read. */
#include "measure_rows.h"
#include "partitions.h"

/* What counting leaves, before it is told. */
typedef struct counted {
    ib_spool *spool;
    ib_profile *rows, *labels, *joint;
    partitions files;
} counted;

static int make(counted *c, const measure_rows *r, ib_context *context)
{
    ib_spool_options options;
    ib_spool_options_init(&options);
    options.partitions = PARTITIONS;
    options.memory = r->asked->bytes;
    options.write = partitions_write;
    options.read = partitions_read;
    options.user_data = &c->files;
    return ib_profile_create(context, &c->rows) || ib_profile_create(context, &c->labels) ||
           ib_profile_create(context, &c->joint) ||
           ib_spool_create(context, matrix_type(r->reader), r->width, r->classes, &options, &c->spool);
}

static int add_all(counted *c, measure_rows *r, ib_context *context)
{
    for (;;) {
        measure_piece piece;
        ib_codes codes;
        if (measure_rows_next(r, &piece))
            return -1;
        if (piece.n == 0)
            return 0;
        ib_codes_init(&codes, matrix_type(r->reader), piece.rows, piece.n, r->width);
        /* One label is no label to a spool. */
        if (ib_spool_add(c->spool, &codes, r->classes > 1 ? piece.labels : NULL))
            return measure_complain(context, matrix_name(r->reader));
    }
}

static int tell(const counted *c, const measure_rows *r, ib_context *context, measured *found)
{
    ib_spool_result result = {.struct_size = sizeof result};
    found->rows.struct_size = found->labels.struct_size = sizeof found->rows;
    if (ib_spool_measure(c->spool, &result, c->rows, c->labels, c->joint) ||
        ib_profile_coverage(c->rows, &found->rows) || ib_profile_coverage(c->labels, &found->labels))
        return measure_complain(context, matrix_name(r->reader));
    found->exact = result.entropies;
    found->is_spilled = (int)result.spilled;
    return measure_correct(r->asked, context, c->rows, c->labels, c->joint, found);
}

int measure_count(measure_rows *r, ib_context *context, measured *found)
{
    counted c = {0};
    int failed = make(&c, r, context);
    if (failed)
        measure_complain(context, matrix_name(r->reader));
    failed = failed || add_all(&c, r, context) || tell(&c, r, context, found);
    ib_spool_destroy(c.spool);
    ib_profile_destroy(c.rows);
    ib_profile_destroy(c.labels);
    ib_profile_destroy(c.joint);
    partitions_close(&c.files);
    return failed ? -1 : 0;
}
