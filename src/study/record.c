#include "study/record.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "study/plane.h"

#include <string.h>

/* As in the format of a trainer, with another letter. */
static const ib_i_format record_format = {"record", {0x89, 'i', 'b', 'r', '\r', '\n', 0x1a, '\n'}, 1};

/* An array that grows. */
typedef struct list {
    void *items;
    size_t count, capacity;
} list;

/* All that is read and written; when reading, first in a place of its own. */
typedef struct content {
    uint32_t outcome;
    list restarts; /* of ib_restart */
    list epochs;   /* of ib_epoch */
    list extents;  /* of ib_extent */
    ib_plane *plane;
} content;

struct ib_record {
    ib_context *context;
    ib_record_options options;
    content now;
};

void ib_record_options_init(ib_record_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

static void content_free(ib_context *context, content *c)
{
    ib_i_free(context, c->restarts.items);
    ib_i_free(context, c->epochs.items);
    ib_i_free(context, c->extents.items);
    ib_plane_destroy(c->plane);
}

ib_status ib_record_create(ib_context *context, const ib_record_options *options, ib_record **out)
{
    if (out)
        *out = NULL;
    if (!context)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(context, "out");
    ib_record_options full;
    IB_TRY(ib_i_options_read(context, options, sizeof full, &full, sizeof full));
    if (full.reserved)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "reserved: expected 0, got %u", full.reserved);
    ib_record *record = ib_i_object_create(context, sizeof *record);
    if (!record)
        return IB_ERR_NOMEM;
    record->context = context;
    record->options = full;
    const ib_status status = ib_plane_create(context, &record->now.plane);
    if (status != IB_OK) {
        ib_record_destroy(record);
        return status;
    }
    *out = record;
    return ib_i_ok(context);
}

void ib_record_destroy(ib_record *record)
{
    if (!record)
        return;
    content_free(record->context, &record->now);
    ib_i_object_destroy(record->context, record);
}

/* Room for one item more, which is not counted yet; NULL, with the message set, if there is no memory. */
static void *list_next(ib_context *context, list *l, size_t size)
{
    if (l->count == l->capacity) {
        const size_t capacity = l->capacity ? 2 * l->capacity : 16;
        void *items = ib_i_grow(context, l->items, l->count, capacity, size);
        if (!items) {
            ib_i_fail_memory(context);
            return NULL;
        }
        l->items = items;
        l->capacity = capacity;
    }
    return (char *)l->items + l->count * size;
}

ib_status ib_record_add(ib_record *record, const ib_epoch *epoch)
{
    if (!record)
        return IB_ERR_ARG;
    ib_context *context = record->context;
    if (!epoch)
        return ib_i_fail_null(context, "epoch");
    list *epochs = &record->now.epochs;
    if (epoch->epoch != epochs->count)
        return ib_i_fail(context, IB_ERR_STATE, "epoch: expected %zu, got %u", epochs->count, epoch->epoch);
    const ib_epoch copy = *epoch; /* which may be one of our own, and these move */
    ib_epoch *next = list_next(context, epochs, sizeof *next);
    if (!next)
        return IB_ERR_NOMEM;
    *next = copy;
    next->struct_size = sizeof *next;
    epochs->count++;
    return ib_i_ok(context);
}

static const void *items_of(const list *l, size_t *count)
{
    if (count)
        *count = l->count;
    return l->count ? l->items : NULL;
}

static const list no_list = {NULL, 0, 0};

const ib_epoch *ib_record_epochs(const ib_record *record, size_t *count)
{
    return items_of(record ? &record->now.epochs : &no_list, count);
}

const ib_restart *ib_record_restarts(const ib_record *record, size_t *count)
{
    return items_of(record ? &record->now.restarts : &no_list, count);
}

const ib_extent *ib_record_extents(const ib_record *record, size_t *count)
{
    return items_of(record ? &record->now.extents : &no_list, count);
}

ib_plane *ib_record_plane(ib_record *record)
{
    return record ? record->now.plane : NULL;
}

uint32_t ib_record_outcome(const ib_record *record)
{
    return record ? record->now.outcome : IB_OUTCOME_OPEN;
}

const ib_record_options *ib_record_get_options(const ib_record *record)
{
    return record ? &record->options : NULL;
}

/* One layer more, which is not counted yet. */
static ib_status add_extent(ib_record *record, uint32_t epoch, const ib_ranges *ranges, size_t layer)
{
    list *extents = &record->now.extents;
    ib_extent extent = {.epoch = epoch, .layer = (uint32_t)layer};
    IB_TRY(ib_ranges_get(ranges, layer, &extent.min, &extent.max));
    ib_extent *next = list_next(record->context, extents, sizeof *next);
    if (!next)
        return IB_ERR_NOMEM;
    *next = extent;
    extents->count++;
    return IB_OK;
}

ib_status ib_record_add_extents(ib_record *record, uint32_t epoch, const ib_ranges *ranges)
{
    if (!record)
        return IB_ERR_ARG;
    ib_context *context = record->context;
    if (!ranges)
        return ib_i_fail_null(context, "ranges");
    const size_t before = record->now.extents.count;
    for (size_t layer = 1; layer <= ib_ranges_layers(ranges); layer++) {
        const ib_status status = add_extent(record, epoch, ranges, layer);
        if (status == IB_OK)
            continue;
        record->now.extents.count = before;
        return status == IB_ERR_STATE ? ib_i_fail(context, IB_ERR_STATE,
                                                  "ranges: expected those of a pass, got nothing in layer %zu", layer)
                                      : status;
    }
    return ib_i_ok(context);
}

ib_status ib_record_set_outcome(ib_record *record, uint32_t outcome)
{
    if (!record)
        return IB_ERR_ARG;
    if (outcome > IB_OUTCOME_BAD)
        return ib_i_fail(record->context, IB_ERR_ARG, "outcome: expected 0 to %d, got %u", IB_OUTCOME_BAD, outcome);
    record->now.outcome = outcome;
    return ib_i_ok(record->context);
}

ib_status ib_record_restart(ib_record *record)
{
    if (!record)
        return IB_ERR_ARG;
    list *epochs = &record->now.epochs, *restarts = &record->now.restarts;
    if (epochs->count == 0)
        return ib_i_fail(record->context, IB_ERR_STATE, "expected an attempt of one epoch or more, got none");
    ib_restart *next = list_next(record->context, restarts, sizeof *next);
    if (!next)
        return IB_ERR_NOMEM;
    const ib_epoch *last = (const ib_epoch *)epochs->items + epochs->count - 1;
    *next = (ib_restart){(uint32_t)restarts->count, last->epoch, last->running_accuracy};
    restarts->count++;
    epochs->count = record->now.extents.count = 0;
    record->now.outcome = IB_OUTCOME_OPEN;
    ib_plane_reset(record->now.plane);
    return ib_i_ok(record->context);
}

/* The item at place i of a list, which is new when reading. */
static void *list_item(ib_i_bytes *b, list *l, size_t i, size_t size)
{
    if (i < l->count)
        return (char *)l->items + i * size;
    void *next = list_next(b->context, l, size);
    if (next)
        l->count++;
    else
        ib_i_bytes_fail(b, IB_ERR_NOMEM);
    return next;
}

static void restart_fields(ib_i_bytes *b, list *restarts)
{
    uint64_t n = restarts->count;
    ib_i_bytes_u64(b, &n);
    for (size_t i = 0; i < n && ib_i_bytes_good(b); i++) {
        ib_restart *restart = list_item(b, restarts, i, sizeof *restart);
        if (!restart)
            return;
        restart->attempt = (uint32_t)i;
        ib_i_bytes_u32(b, &restart->epoch);
        ib_i_bytes_f64(b, &restart->accuracy);
    }
}

static void epoch_fields(ib_i_bytes *b, list *epochs)
{
    uint64_t n = epochs->count;
    ib_i_bytes_u64(b, &n);
    for (size_t i = 0; i < n && ib_i_bytes_good(b); i++) {
        ib_epoch *epoch = list_item(b, epochs, i, sizeof *epoch);
        if (!epoch)
            return;
        epoch->struct_size = sizeof *epoch;
        epoch->epoch = (uint32_t)i;
        ib_i_bytes_f64(b, &epoch->running_loss);
        ib_i_bytes_f64(b, &epoch->running_accuracy);
        ib_i_bytes_f64(b, &epoch->train_loss);
        ib_i_bytes_f64(b, &epoch->train_accuracy);
        ib_i_bytes_f64(b, &epoch->test_loss);
        ib_i_bytes_f64(b, &epoch->test_accuracy);
    }
}

static void point_fields(ib_i_bytes *b, ib_point *point)
{
    ib_i_bytes_u32(b, &point->epoch);
    ib_i_bytes_u32(b, &point->layer);
    ib_i_bytes_u32(b, &point->measure);
    ib_i_bytes_u32(b, &point->estimator);
    ib_i_bytes_u64(b, &point->states);
    ib_i_bytes_f64(b, &point->i_xt);
    ib_i_bytes_f64(b, &point->i_ty);
}

static void plane_fields(ib_i_bytes *b, ib_plane *plane)
{
    const size_t known = ib_plane_count(plane); /* 0 when reading */
    uint64_t n = known;
    ib_i_bytes_u64(b, &n);
    for (size_t i = 0; i < n && ib_i_bytes_good(b); i++) {
        ib_point point = {0};
        if (i < known)
            point = ib_plane_points(plane)[i];
        point_fields(b, &point);
        if (i >= known && ib_i_bytes_good(b) && ib_plane_add(plane, &point) != IB_OK)
            ib_i_bytes_fail(b, IB_ERR_NOMEM);
    }
}

static void extent_fields(ib_i_bytes *b, list *extents)
{
    uint64_t n = extents->count;
    ib_i_bytes_u64(b, &n);
    for (size_t i = 0; i < n && ib_i_bytes_good(b); i++) {
        ib_extent *extent = list_item(b, extents, i, sizeof *extent);
        if (!extent)
            return;
        ib_i_bytes_u32(b, &extent->epoch);
        ib_i_bytes_u32(b, &extent->layer);
        ib_i_bytes_f32s(b, &extent->min, 1);
        ib_i_bytes_f32s(b, &extent->max, 1);
    }
}

static void outcome_field(ib_i_bytes *b, uint32_t *outcome)
{
    ib_i_bytes_u32(b, outcome);
    if (ib_i_bytes_good(b) && *outcome > IB_OUTCOME_BAD)
        ib_i_bytes_refuse(b, IB_ERR_IO, "saved bytes: outcome cannot be %u", *outcome);
}

/* Of which run, and what is saved of it. */
typedef struct saved {
    ib_record_options *options;
    content *content;
    int any_run; /* the run is what was saved, and need not agree */
} saved;

static void fields(ib_i_bytes *b, void *object)
{
    saved *s = object;
    ib_i_bytes_agree(b, IB_ERR_STATE, "seed", s->options->seed);
    if (s->any_run)
        ib_i_bytes_u64(b, &s->options->run);
    else
        ib_i_bytes_agree(b, IB_ERR_STATE, "run", s->options->run);
    ib_i_bytes_agree_hash(b, "setting", s->options->setting);
    outcome_field(b, &s->content->outcome);
    restart_fields(b, &s->content->restarts);
    epoch_fields(b, &s->content->epochs);
    plane_fields(b, s->content->plane);
    extent_fields(b, &s->content->extents);
}

ib_status ib_record_write(ib_record *record, ib_write_fn write, void *user_data)
{
    if (!record)
        return IB_ERR_ARG;
    if (!write)
        return ib_i_fail_null(record->context, "write");
    saved s = {&record->options, &record->now, 0};
    IB_TRY(ib_i_bytes_save(record->context, &record_format, fields, &s, write, user_data));
    return ib_i_ok(record->context);
}

/* What was read, for what was there. The plane stays the one that callers may know. */
static void take(content *now, content *fresh)
{
    const content before = *now;
    ib_i_plane_swap(now->plane, fresh->plane);
    *now = (content){fresh->outcome, fresh->restarts, fresh->epochs, fresh->extents, now->plane};
    *fresh = (content){before.outcome, before.restarts, before.epochs, before.extents, fresh->plane};
}

static ib_status load(ib_record *record, int any_run, ib_read_fn read, void *user_data)
{
    ib_context *context = record->context;
    content fresh = {.plane = NULL};
    IB_TRY(ib_plane_create(context, &fresh.plane));
    ib_record_options options = record->options;
    saved s = {&options, &fresh, any_run};
    const ib_status status = ib_i_bytes_load(context, &record_format, fields, &s, read, user_data);
    if (status == IB_OK) {
        take(&record->now, &fresh);
        record->options = options;
    }
    content_free(context, &fresh);
    return status == IB_OK ? ib_i_ok(context) : status;
}

ib_status ib_record_read(ib_record *record, ib_read_fn read, void *user_data)
{
    if (!record)
        return IB_ERR_ARG;
    if (!read)
        return ib_i_fail_null(record->context, "read");
    return load(record, 0, read, user_data);
}

ib_status ib_i_record_read_any(ib_record *record, ib_read_fn read, void *user_data)
{
    return load(record, 1, read, user_data);
}
