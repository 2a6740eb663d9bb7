/* A run as bytes: its record; if it is in progress also how far it is, and its trainer. docs/format.md has fields. */
#include "study/study.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "info/ranges.h"
#include "nn/trainer.h"
#include "study/record.h"

#include <math.h>

/* As in the format of a trainer, with another letter. */
static const ib_i_format stage_format = {"run in progress", {0x89, 'i', 'b', 's', '\r', '\n', 0x1a, '\n'}, 1};

/* How far a run is. */
typedef struct stage {
    uint32_t seeks;
    ib_i_span *spans; /* [layers] of the run, as far as it was seen */
    size_t layers;
    int twice;
} stage;

static int is_span(ib_i_span span)
{
    const int nothing = isinf(span.min) && isinf(span.max) && span.min > span.max;
    return nothing || (isfinite(span.min) && isfinite(span.max) && span.min <= span.max);
}

static void fields(ib_i_bytes *b, void *object)
{
    stage *s = object;
    ib_i_bytes_u32(b, &s->seeks);
    ib_i_bytes_agree(b, IB_ERR_SHAPE, "layers", s->layers);
    for (size_t l = 0; l < s->layers && ib_i_bytes_good(b); l++) {
        ib_i_bytes_f32s(b, &s->spans[l].min, 1);
        ib_i_bytes_f32s(b, &s->spans[l].max, 1);
        if (ib_i_bytes_good(b) && !is_span(s->spans[l]))
            ib_i_bytes_refuse(b, IB_ERR_IO, "saved bytes: a range cannot be %g to %g", (double)s->spans[l].min,
                              (double)s->spans[l].max);
    }
    if (ib_i_bytes_good(b) && s->seeks > (s->twice ? 1u : 0u))
        ib_i_bytes_refuse(b, IB_ERR_IO, "saved bytes: whether a run is made for its bounds cannot be %u", s->seeks);
}

static stage stage_of(const ib_i_maker *m, ib_i_span *spans)
{
    return (stage){(uint32_t)m->seeks, spans, m->bounds->layers, m->study->twice};
}

ib_status ib_i_maker_save(ib_i_maker *m)
{
    ib_i_blob *to = &m->draft;
    ib_record *record = m->place->record;
    to->size = to->at = 0;
    ib_status status = ib_record_write(record, ib_i_blob_write, to);
    if (status == IB_OK && ib_record_outcome(record) == IB_OUTCOME_OPEN) {
        stage s = stage_of(m, m->bounds->spans);
        status = ib_i_bytes_save(m->context, &stage_format, fields, &s, ib_i_blob_write, to);
        if (status == IB_OK)
            status = ib_trainer_write(m->trainer, ib_i_blob_write, to);
    }
    /* A blob fails for one reason only. */
    return status == IB_ERR_CALLBACK ? ib_i_fail_memory(m->context) : status;
}

static ib_status load_stage(ib_i_maker *m, ib_i_blob *from)
{
    ib_i_span *spans = ib_i_alloc(m->context, m->bounds->layers, sizeof *spans);
    if (!spans)
        return ib_i_fail_memory(m->context);
    stage s = stage_of(m, spans);
    const ib_status status = ib_i_bytes_load(m->context, &stage_format, fields, &s, ib_i_blob_read, from);
    if (status == IB_OK) {
        ib_i_free(m->context, m->bounds->spans);
        m->bounds->spans = spans;
        m->seeks = (int)s.seeks;
        return IB_OK;
    }
    ib_i_free(m->context, spans);
    return status;
}

/* The next epoch to be measured, as the schedule says after the last one that was. */
static ib_status find_next(ib_i_maker *m)
{
    const ib_study *study = m->study;
    const ib_plane *plane = ib_record_plane(m->place->record);
    const size_t count = ib_plane_count(plane);
    m->next = 0;
    if (count == 0)
        return IB_OK;
    const uint32_t last = ib_plane_points(plane)[count - 1].epoch;
    return ib_schedule_next(&study->schedule, plane, last, study->train.epochs, &m->next);
}

/* Parts that are whole, but are not of one moment, are no run. The last epoch may be one that is still to be told. */
static ib_status check_agreement(const ib_i_maker *m)
{
    const uint32_t epoch = ib_trainer_epoch(m->trainer), epochs = m->study->train.epochs;
    const int has_all = m->study->twice && !m->seeks; /* of the first time */
    const size_t told = has_all ? (size_t)epochs + 1 : epoch + (m->trainer->at.reported ? 1 : 0);
    size_t count;
    ib_record_epochs(m->place->record, &count);
    if (epoch > epochs || count != told)
        return ib_i_fail(m->context, IB_ERR_IO, "saved bytes: a record of %zu epochs, and a trainer that did %u", count,
                         epoch);
    return IB_OK;
}

ib_status ib_i_maker_load(ib_i_maker *m, const ib_i_blob *bytes)
{
    ib_i_blob from = *bytes; /* the bytes are another's, the place in them is ours */
    from.at = 0;
    m->bad = 0;
    IB_TRY(ib_i_record_read_any(m->place->record, ib_i_blob_read, &from));
    m->place->run = ib_record_get_options(m->place->record)->run;
    if (ib_record_outcome(m->place->record) == IB_OUTCOME_OPEN) {
        IB_TRY(load_stage(m, &from));
        IB_TRY(ib_i_maker_begin(m));
        IB_TRY(ib_trainer_read(m->trainer, ib_i_blob_read, &from));
        IB_TRY(check_agreement(m));
        IB_TRY(find_next(m));
    }
    if (from.at != from.size)
        return ib_i_fail(m->context, IB_ERR_IO, "saved bytes: expected the end of the run, got %zu bytes more",
                         from.size - from.at);
    return IB_OK;
}
