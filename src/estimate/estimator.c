#include "estimate/estimator.h"

#include <string.h>

void ib_estimator_init(ib_estimator *estimator)
{
    if (!estimator)
        return;
    memset(estimator, 0, sizeof *estimator);
    estimator->struct_size = sizeof *estimator;
}

static int is_allowed(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static ib_status copy_name(ib_context *context, const char *name, char copy[IB_I_ESTIMATOR_NAME])
{
    size_t length = 0;
    if (!name)
        return ib_i_fail_null(context, "name");
    while (length < IB_I_ESTIMATOR_NAME && is_allowed(name[length]))
        length++;
    if (length == 0 || length == IB_I_ESTIMATOR_NAME || name[length])
        return ib_i_fail(context, IB_ERR_ARG, "name: expected 1 to %d characters of a-z, 0-9 and -, got \"%.*s\"",
                         IB_I_ESTIMATOR_NAME - 1, IB_I_ESTIMATOR_NAME, name);
    memcpy(copy, name, length);
    return IB_OK;
}

ib_status ib_i_estimator_resolve(ib_context *context, const ib_estimator *given, ib_i_estimator *copy)
{
    ib_estimator full;
    ib_i_estimator made = {.name = ""};
    if (!given)
        return ib_i_fail_null(context, "estimator");
    IB_TRY(ib_i_options_read(context, given, sizeof full, &full, sizeof full));
    if (full.reserved)
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "reserved: expected 0, got %u", full.reserved);
    if (!full.measure)
        return ib_i_fail_null(context, "measure");
    IB_TRY(copy_name(context, full.name, made.name));
    made.setting = full.setting;
    made.measure = full.measure;
    made.user_data = full.user_data;
    *copy = made;
    return IB_OK;
}

ib_status ib_i_estimator_fill(ib_context *context, const char *name, ib_estimator_fn measure, const void *options,
                              ib_i_fields_fn fields, void *resolved, ib_estimator *estimator)
{
    if (!estimator)
        return ib_i_fail_null(context, "estimator");
    ib_i_bytes bytes;
    ib_i_bytes_hash_begin(&bytes, context);
    fields(&bytes, resolved);
    ib_estimator_init(estimator);
    estimator->name = name;
    estimator->setting = ib_i_bytes_hash_end(&bytes);
    estimator->measure = measure;
    estimator->user_data = (void *)options;
    return ib_i_ok(context);
}
