/* The inside of a context, and how calls report. */
#ifndef LIBIB_BASE_CONTEXT_H
#define LIBIB_BASE_CONTEXT_H

#include <libib/context.h>

struct ib_i_family;
struct ib_kernels;

#define IB_I_MESSAGE_SIZE 256

struct ib_context {
    size_t references; /* one of the caller, one of each object */
    ib_alloc_fn alloc;
    ib_free_fn free;
    void *alloc_data;
    int zeroes; /* whether alloc gives zeroed memory: of a large block, pages that nobody touches cost nothing then */
    ib_log_fn log;
    void *log_data;
    struct ib_i_family *family; /* NULL: neither parent nor child, or without a log */
    const struct ib_kernels *kernels;
    int32_t callback_value;
    char message[IB_I_MESSAGE_SIZE];
};

/* Each object holds its context; ib_context_destroy() lets go. */
ib_context *ib_i_hold(ib_context *context);

/* Zeroed memory for an object that holds its context. NULL, with the message set, if there is none. */
void *ib_i_object_create(ib_context *context, size_t size);
/* Frees the object and lets go of the context. */
void ib_i_object_destroy(ib_context *context, void *object);

/* Logs a line; contexts of a family take turns. */
void ib_i_log(ib_context *context, int32_t level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Sets the message and logs it. */
void ib_i_report(ib_context *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the message, logs it, returns the status: a macro, so that callers and analyzers see that it is no IB_OK. */
#define ib_i_fail(context, status, ...) (ib_i_report((context), __VA_ARGS__), (ib_status)(status))

/* The usual failures, worded once. */
static inline ib_status ib_i_fail_null(ib_context *context, const char *what)
{
    return ib_i_fail(context, IB_ERR_ARG, "%s is NULL", what);
}

static inline ib_status ib_i_fail_memory(ib_context *context)
{
    return ib_i_fail(context, IB_ERR_NOMEM, "out of memory");
}

/* Empties the message and returns IB_OK. */
ib_status ib_i_ok(ib_context *context);

/* What a callback returned, as a status. */
ib_status ib_i_callback(ib_context *context, const char *which, int32_t value);

/* Reads the options of a caller, who may know fewer or more members than we do, into `full`, which has `size` bytes.
 * Members that the caller does not know are 0, those that we do not know must be. `first` is the size in the first
 * release; a size between it and `size` is that of a release in between. NULL means the defaults. */
ib_status ib_i_options_read(ib_context *context, const void *options, size_t first, void *full, size_t size);

/* Forwards a failure, whose message stands already. */
#define IB_TRY(call)                                                                                                   \
    do {                                                                                                               \
        ib_status ib_try_status = (call);                                                                              \
        if (ib_try_status != IB_OK)                                                                                    \
            return ib_try_status;                                                                                      \
    } while (0)

#endif
