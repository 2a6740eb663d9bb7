#include "base/context.h"

#include "base/family.h"
#include "base/memory.h"
#include "kernels/kernels.h"

#include <libib/version.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *default_alloc(size_t size, void *user_data)
{
    (void)user_data;
    return calloc(1, size);
}

static void default_free(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

void ib_context_options_init(ib_context_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

/* A context that lives on the stack, for the options of one that is still to be made. */
static ib_context provisional_context(void)
{
    return (ib_context){.references = 1, .alloc = default_alloc, .free = default_free, .zeroes = 1};
}

ib_status ib_context_create(const ib_context_options *options, ib_context **out)
{
    if (!out)
        return IB_ERR_ARG;
    *out = NULL;
    ib_context made = provisional_context();
    ib_context_options full;
    IB_TRY(ib_i_options_read(&made, options, sizeof full, &full, sizeof full));
    made.log = full.log;
    made.log_data = full.log_data;
    if (!full.alloc != !full.free)
        return ib_i_fail(&made, IB_ERR_ARG, "expected alloc and free together, got only %s",
                         full.alloc ? "alloc" : "free");
    if (full.alloc) {
        made.alloc = full.alloc;
        made.free = full.free;
        made.alloc_data = full.alloc_data;
        made.zeroes = 0;
    }
    IB_TRY(ib_i_kernels_choose(&made, full.kernels, &made.kernels));
    ib_context *context = ib_i_alloc(&made, 1, sizeof *context);
    if (!context)
        return ib_i_fail_memory(&made);
    *context = made;
    *out = context;
    return IB_OK;
}

ib_status ib_context_create_child(ib_context *parent, ib_context **out)
{
    if (out)
        *out = NULL;
    if (!parent)
        return IB_ERR_ARG;
    if (!out)
        return ib_i_fail_null(parent, "out");
    if (parent->log && !parent->family) /* without a log there is nothing to take turns at */
        IB_TRY(ib_i_family_create(parent));
    ib_context *child = ib_i_alloc(parent, 1, sizeof *child);
    if (!child)
        return ib_i_fail_memory(parent);
    *child = *parent;
    child->references = 1;
    child->callback_value = 0;
    ib_i_ok(child);
    ib_i_family_join(child->family);
    *out = child;
    return ib_i_ok(parent);
}

ib_context *ib_i_hold(ib_context *context)
{
    context->references++;
    return context;
}

void ib_context_destroy(ib_context *context)
{
    if (!context || --context->references > 0)
        return;
    ib_context last = *context; /* the block is freed by functions that it holds */
    ib_i_free(&last, context);
    ib_i_family_leave(&last);
}

void *ib_i_object_create(ib_context *context, size_t size)
{
    void *object = ib_i_alloc(context, 1, size);
    if (object)
        ib_i_hold(context);
    else
        ib_i_fail_memory(context);
    return object;
}

void ib_i_object_destroy(ib_context *context, void *object)
{
    ib_i_free(context, object);
    ib_context_destroy(context);
}

const char *ib_context_message(const ib_context *context)
{
    return context ? context->message : "context is NULL";
}

int32_t ib_context_callback_value(const ib_context *context)
{
    return context ? context->callback_value : 0;
}

const char *ib_context_kernels(const ib_context *context)
{
    return context ? context->kernels->name : "";
}

uint32_t ib_context_fused(const ib_context *context)
{
    return context && context->kernels->fused ? 1 : 0;
}

static void log_line(ib_context *context, int32_t level, const char *line)
{
    if (!context->log)
        return;
    ib_i_family_begin_turn(context->family);
    context->log(level, line, context->log_data);
    ib_i_family_end_turn(context->family);
}

void ib_i_log(ib_context *context, int32_t level, const char *format, ...)
{
    char line[IB_I_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    log_line(context, level, line);
}

void ib_i_report(ib_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context->message, sizeof context->message, format, arguments);
    va_end(arguments);
    log_line(context, IB_LOG_ERROR, context->message);
}

ib_status ib_i_ok(ib_context *context)
{
    context->message[0] = '\0';
    return IB_OK;
}

ib_status ib_i_callback(ib_context *context, const char *which, int32_t value)
{
    if (value == 0)
        return IB_OK;
    context->callback_value = value;
    if (value > 0) {
        ib_i_ok(context); /* a stop is no failure: it leaves no message */
        return IB_STOPPED;
    }
    return ib_i_fail(context, IB_ERR_CALLBACK, "%s callback failed with %d", which, (int)value);
}

/* No options will ever be as large; a struct that nobody initialised may well say so, and is not to be read. */
#define OPTIONS_LIMIT 4096u

static int all_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return 0;
    return 1;
}

ib_status ib_i_options_read(ib_context *context, const void *options, size_t first, void *full, size_t size)
{
    memset(full, 0, size);
    if (!options)
        return IB_OK;
    uint32_t given;
    memcpy(&given, options, sizeof given);
    if (given < first || given > OPTIONS_LIMIT)
        return ib_i_fail(context, IB_ERR_ARG, "options: expected struct_size from %zu to %u, got %u", first,
                         OPTIONS_LIMIT, (unsigned)given);
    if (given > size && !all_zero((const unsigned char *)options + size, given - size))
        return ib_i_fail(context, IB_ERR_UNSUPPORTED, "options of a newer version: libib %s knows %zu bytes of %u",
                         IB_VERSION, size, (unsigned)given);
    memcpy(full, options, given < size ? given : size);
    return IB_OK;
}
